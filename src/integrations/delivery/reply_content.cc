#include "integrations/delivery/reply_content.h"

#include <algorithm>
#include <array>

#include "domain/directory.h"
#include "integrations/script/http_power.h"

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

egress::HttpReply to_text(egress::HttpReply reply) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (reply.body.starts_with(kByteOrderMark)) reply.body.erase(0, kByteOrderMark.size());
  reply.body = script::to_valid_utf8(std::move(reply.body));
  for (auto& [name, value] : reply.headers) {
    name = script::to_valid_utf8(std::move(name));
    value = script::to_valid_utf8(std::move(value));
  }
  return reply;
}

std::string_view first_bytes(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  const auto continues = [&text](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (bytes_max > 0 && continues(bytes_max)) --bytes_max;
  return text.substr(0, bytes_max);
}

json::value content_of(const egress::HttpReply& reply) {
  if (says_json(reply)) {
    if (auto parsed = parse_json(reply.body); parsed && parsed->is_structured()) {
      return *std::move(parsed);
    }
  }
  return json::value(reply.body);
}

bool is_success(const egress::HttpReply& reply) {
  if (reply.status == 200 || reply.status == 201 || reply.status == 202) return true;
  // Compat: upstream takes an empty 2xx for a failure (tests/api/deliveries_test.mjs).
  return reply.body.empty() && reply.status >= 200 && reply.status < 300;
}

std::optional<json::object> message_in(const egress::HttpReply& reply) {
  json::value content = content_of(reply);
  json::object* message = content.if_object();
  if (message == nullptr) return std::nullopt;
  for (const std::string_view key : {"text", "attachments"}) {
    const json::value* value = find_member(*message, key);
    if (value != nullptr && is_truthy(*value)) return std::move(*message);
  }
  return std::nullopt;
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
