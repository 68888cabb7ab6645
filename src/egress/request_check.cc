#include "egress/request_check.h"

#include <algorithm>
#include <array>

#include "egress/text.h"

namespace gantry::egress {
namespace {

using Kind = HttpFailure::Kind;

// RFC 9110 "token".
bool is_token(std::string_view text) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

std::optional<HttpFailure> check_method(HttpRequest& request) {
  static constexpr std::array<std::string_view, 7> kCommon = {"DELETE", "GET", "HEAD", "OPTIONS",
                                                              "POST",   "PUT", "PATCH"};
  if (!is_token(request.method)) {
    return HttpFailure{Kind::BadRequest, "ERR_INVALID_HTTP_TOKEN",
                       "The method is not a valid HTTP method."};
  }
  for (const std::string_view common : kCommon) {
    if (equal_ignoring_case(request.method, common)) request.method = common;
  }
  if (equal_ignoring_case(request.method, "CONNECT") ||
      equal_ignoring_case(request.method, "TRACE")) {
    return HttpFailure{Kind::BadRequest, "ERR_METHOD_NOT_ALLOWED",
                       "The methods CONNECT and TRACE are not allowed."};
  }
  if (request.method == "HEAD" && request.body) {
    return HttpFailure{Kind::BadRequest, "ERR_INVALID_ARG_VALUE",
                       "A HEAD request cannot have a body."};
  }
  return std::nullopt;
}

std::optional<HttpFailure> check_headers(const Headers& headers) {
  if (headers.size() > kRequestHeadersMax) {
    return HttpFailure{Kind::BadRequest, "ERR_TOO_MANY_HEADERS", "There are too many headers."};
  }
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) {
    if (!is_token(name)) {
      return HttpFailure{Kind::BadRequest, "ERR_INVALID_HTTP_TOKEN", "A header name is not valid."};
    }
    if (!is_header_value(value)) {
      return HttpFailure{Kind::BadRequest, "ERR_INVALID_CHAR",
                         "The value of the header " + name + " has a control character."};
    }
    bytes += name.size() + value.size();
  }
  if (bytes > kRequestHeaderBytesMax) {
    return HttpFailure{Kind::BadRequest, "ERR_TOO_MANY_HEADERS", "The headers are too long."};
  }
  return std::nullopt;
}

}  // namespace

bool is_framing_header(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kFraming = {
      "Connection", "Content-Length", "Expect",  "Keep-Alive",       "Proxy-Connection",
      "TE",         "Trailer",        "Upgrade", "Transfer-Encoding"};
  return std::any_of(kFraming.begin(), kFraming.end(),
                     [&](std::string_view framing) { return equal_ignoring_case(framing, name); });
}

const std::string* find_header(const Headers& headers, std::string_view name) {
  const auto at = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return equal_ignoring_case(header.first, name);
  });
  return at == headers.end() ? nullptr : &at->second;
}

std::optional<HttpFailure> check_request(HttpRequest& request) {
  if (auto fault = check_method(request)) return fault;
  return check_headers(request.headers);
}

}  // namespace gantry::egress
