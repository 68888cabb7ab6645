#include "integrations/script/http_power.h"

#include <algorithm>
#include <cmath>

namespace gantry::integrations::script {

namespace {

constexpr std::size_t kMethodBytesMax = 16;
constexpr std::size_t kUrlBytesMax = 16 * 1024;
constexpr std::size_t kHeadersMax = 100;
constexpr std::size_t kHeaderBytesMax = 16 * 1024;
constexpr double kTimeoutMsMax = 600000;

bool is_method(std::string_view text) {
  return !text.empty() && text.size() <= kMethodBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_header_name(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool read_headers(const json::value& value, HttpPowerRequest& request) {
  const json::array* const pairs = value.if_array();
  if (!pairs || pairs->size() > kHeadersMax) return false;
  for (const json::value& entry : *pairs) {
    const json::array* const pair = entry.if_array();
    if (!pair || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_string()) {
      return false;
    }
    const std::string_view name = (*pair)[0].get_string();
    const std::string_view text = (*pair)[1].get_string();
    if (!is_header_name(name) || name.size() + text.size() > kHeaderBytesMax) return false;
    for (const char c : text) {
      if (c == '\r' || c == '\n' || c == '\0') return false;
    }
    request.headers.emplace_back(name, text);
  }
  return true;
}

// The length of the character that begins `text`, 0 when none does.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned second_min = 0x80;
  unsigned second_max = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (first == 0xE0) second_min = 0xA0;
  if (first == 0xED) second_max = 0x9F;
  if (first == 0xF0) second_min = 0x90;
  if (first == 0xF4) second_max = 0x8F;
  if (length == 0 || text.size() < length) return 0;
  if (byte(1) < second_min || byte(1) > second_max) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

}  // namespace

std::optional<HttpPowerRequest> to_http_power_request(std::string_view json_text) {
  const auto parsed = parse_json(json_text);
  const json::object* const object = parsed ? parsed->if_object() : nullptr;
  if (!object) return std::nullopt;
  HttpPowerRequest request;
  request.method = text_of(*object, "method");
  request.url = text_of(*object, "url");
  if (!is_method(request.method) || request.url.empty() || request.url.size() > kUrlBytesMax ||
      !is_plain(request.url)) {
    return std::nullopt;
  }
  const json::value* const headers = find_member(*object, "headers");
  if (!headers || !read_headers(*headers, request)) return std::nullopt;
  if (const json::value* const body = find_member(*object, "body")) {
    if (!body->is_string()) return std::nullopt;
    request.body = std::string(body->get_string());
  }
  if (const json::value* const follow = find_member(*object, "follow")) {
    request.follow_redirects = is_truthy(*follow);
  }
  if (const json::value* const insecure = find_member(*object, "insecure")) {
    request.allow_self_signed = is_truthy(*insecure);
  }
  if (const json::value* const timeout = find_member(*object, "timeout_ms")) {
    if (!timeout->is_number()) return std::nullopt;
    const double ms = timeout->to_number<double>();
    if (ms >= 1) {
      request.timeout =
          std::chrono::milliseconds(static_cast<std::int64_t>(std::fmin(ms, kTimeoutMsMax)));
    }
  }
  return request;
}

std::string to_reply_json(const HttpPowerReply& reply, std::size_t body_bytes_max) {
  if (!reply.error.empty()) return to_error_json(reply.error);
  if (reply.body.size() > body_bytes_max) return to_error_json("the reply is too large");
  json::array headers;
  for (const auto& [name, value] : reply.headers) {
    headers.push_back(json::array{to_valid_utf8(name), to_valid_utf8(value)});
  }
  return to_json_text(json::object{{"status", reply.status},
                                   {"status_text", to_valid_utf8(reply.status_text)},
                                   {"url", to_valid_utf8(reply.url)},
                                   {"headers", std::move(headers)},
                                   {"body", to_valid_utf8(reply.body)}});
}

std::string to_error_json(std::string_view error) {
  return to_json_text(json::object{{"error", to_valid_utf8(std::string(error))}});
}

std::string to_valid_utf8(std::string text) {
  std::string_view left = text;
  std::size_t fine = 0;
  while (fine < left.size()) {
    const std::size_t length = character_length(left.substr(fine));
    if (length == 0) break;
    fine += length;
  }
  if (fine == text.size()) return text;
  std::string repaired(left.substr(0, fine));
  for (left.remove_prefix(fine); !left.empty();) {
    const std::size_t length = character_length(left);
    repaired += length == 0 ? std::string_view("\xEF\xBF\xBD") : left.substr(0, length);
    left.remove_prefix(length == 0 ? 1 : length);
  }
  return repaired;
}

}  // namespace gantry::integrations::script
