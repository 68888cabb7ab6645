#include "integrations/delivery/reply_content.h"

#include <algorithm>
#include <array>

#include "domain/directory.h"

namespace gantry::integrations {
namespace {

constexpr std::array<std::string_view, 4> kJsonTypes{
    "application/json", "text/javascript", "application/javascript", "application/x-javascript"};

bool says_json(const egress::HttpReply& reply) {
  for (const auto& [name, value] : reply.headers) {
    if (name != "content-type") continue;
    std::string type = domain::to_lower(value.substr(0, value.find(';')));
    while (type.ends_with(' ')) type.pop_back();
    return std::find(kJsonTypes.begin(), kJsonTypes.end(), type) != kJsonTypes.end();
  }
  return false;
}

}  // namespace

json::value content_of(const egress::HttpReply& reply) {
  if (says_json(reply)) {
    if (auto parsed = parse_json(reply.body); parsed && parsed->is_structured()) {
      return *std::move(parsed);
    }
  }
  return json::value(reply.body);
}

json::object response_json(const egress::HttpReply& reply) {
  json::object headers;
  for (const auto& [name, value] : reply.headers) headers[name] = value;
  return {{"error", nullptr},
          {"status_code", reply.status},
          {"content", content_of(reply)},
          {"content_raw", reply.body},
          {"headers", std::move(headers)}};
}

}  // namespace gantry::integrations
