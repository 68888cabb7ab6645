#include "dispatch/exchange.h"

namespace gantry::dispatch {
namespace {

std::string_view find_in(const HeaderList& list, std::string_view name) {
  for (const auto& [key, value] : list) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

std::string_view to_text(Method method) {
  switch (method) {
    case Method::Get:
      return "GET";
    case Method::Post:
      return "POST";
    case Method::Put:
      return "PUT";
    case Method::Delete:
      return "DELETE";
  }
  return "";
}

std::string_view RawRequest::header(std::string_view lower_name) const {
  return find_in(headers, lower_name);
}

std::string_view RawRequest::parameter(std::string_view name) const {
  return find_in(path_parameters, name);
}

}  // namespace gantry::dispatch
