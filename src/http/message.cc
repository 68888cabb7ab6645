#include "http/message.h"

#include "http/header_tokens.h"

namespace gantry::http {

std::string_view to_text(Method method) {
  switch (method) {
    case Method::Get:
      return "GET";
    case Method::Head:
      return "HEAD";
    case Method::Post:
      return "POST";
    case Method::Put:
      return "PUT";
    case Method::Patch:
      return "PATCH";
    case Method::Delete:
      return "DELETE";
    case Method::Options:
      return "OPTIONS";
    case Method::Other:
      return "OTHER";
  }
  return "OTHER";
}

std::string_view Headers::find(std::string_view name) const {
  for (const Header& header : list_) {
    if (header.name.size() == name.size() && equals_ignoring_case(header.name, name)) {
      return header.value;
    }
  }
  return {};
}

}  // namespace gantry::http
