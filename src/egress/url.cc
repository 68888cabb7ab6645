#include "egress/url.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <new>
#include <optional>

#include <curl/curl.h>

#include "egress/international_name.h"
#include "egress/text.h"

namespace gantry::egress {
namespace {

using Kind = HttpFailure::Kind;
using CurlUrl = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

HttpFailure invalid(std::string text) {
  return {Kind::InvalidUrl, "ERR_INVALID_URL", std::move(text)};
}

std::optional<std::string> find_part(CURLU* url, CURLUPart part, unsigned flags) {
  char* value = nullptr;
  if (curl_url_get(url, part, &value, flags) != CURLUE_OK || value == nullptr) return std::nullopt;
  const std::unique_ptr<char, decltype(&curl_free)> owner(value, curl_free);
  return std::string(value);
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// "javascript" of "javascript:alert(1)"; empty when the text is relative.
std::string_view scheme_of(std::string_view text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) {
    return !is_alnum(c) && c != '+' && c != '-' && c != '.';
  });
  if (end == text.begin() || end == text.end() || *end != ':' || is_digit(text.front())) return {};
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

std::optional<HttpFailure> find_scheme_fault(std::string_view scheme) {
  if (equal_ignoring_case(scheme, "http") || equal_ignoring_case(scheme, "https")) {
    return std::nullopt;
  }
  return HttpFailure{Kind::SchemeNotAllowed, "ERR_INVALID_PROTOCOL",
                     "Only http and https addresses are allowed."};
}

std::optional<HttpFailure> find_text_fault(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return HttpFailure{Kind::BadRequest, "ERR_INVALID_CHAR", "The URL has a control character."};
  }
  if (text.size() > kUrlBytesMax) return invalid("The URL is too long.");
  const std::string_view scheme = scheme_of(text);
  return scheme.empty() ? std::nullopt : find_scheme_fault(scheme);
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

enum class Reading { First, Again };

// What no name has; libcurl decodes a host's escapes and looks for few of these.
bool is_foreign_to_names(char c) {
  return is_control(c) || c == '%';
}

// Other scripts become ASCII, escapes are decoded and a trailing dot goes. What is left may be
// another spelling of an address, so the parser must look at it again: nothing when there is no
// need to.
std::optional<std::string> find_plainer_text(CURLU* parts, bool has_escapes) {
  auto host = find_part(parts, CURLUPART_HOST, 0);
  if (!host) return std::nullopt;
  if (std::any_of(host->begin(), host->end(), is_foreign_to_names)) return "";
  if (is_ascii(*host) && !host->ends_with('.') && !has_escapes) return std::nullopt;
  if (!is_ascii(*host)) host = find_ascii_name(*host);
  if (host && host->ends_with('.')) host->pop_back();
  if (!host || host->empty() || !is_ascii(*host)) return "";
  if (curl_url_set(parts, CURLUPART_HOST, host->c_str(), 0) != CURLUE_OK) return "";
  return find_part(parts, CURLUPART_URL, 0).value_or("");
}

UrlOrFailure read_parts(CURLU* parts) {
  Url url;
  const auto scheme = find_part(parts, CURLUPART_SCHEME, 0);
  const auto host = find_part(parts, CURLUPART_HOST, 0);
  const auto port = find_part(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!scheme || !host || !port) return invalid("The URL has no host.");
  url.secure = equal_ignoring_case(*scheme, "https");
  url.host = normal_host(*host);
  if (url.host.empty()) return invalid("The URL has no host.");
  std::from_chars(port->data(), port->data() + port->size(), url.port);
  if (url.port == 0) return invalid("The URL's port is not one.");
  url.origin = to_lower(*scheme) + "://" + url.host + ":" + std::to_string(url.port);

  const auto user = find_part(parts, CURLUPART_USER, CURLU_URLDECODE);
  const auto password = find_part(parts, CURLUPART_PASSWORD, CURLU_URLDECODE);
  if (user || password) {
    url.user_info = user.value_or("") + ":" + password.value_or("");
    curl_url_set(parts, CURLUPART_USER, nullptr, 0);
    curl_url_set(parts, CURLUPART_PASSWORD, nullptr, 0);
  }
  curl_url_set(parts, CURLUPART_FRAGMENT, nullptr, 0);
  // Only link-local addresses have one, and they are never reached.
  curl_url_set(parts, CURLUPART_ZONEID, nullptr, 0);
  const auto text = find_part(parts, CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
  if (!text) return invalid("The URL cannot be read.");
  url.text = *text;
  return url;
}

// `first` is absolute; `second`, when there, is resolved against it.
UrlOrFailure parse(const std::string& first, const std::string* second,
                   Reading reading = Reading::First) {
  static constexpr unsigned kFlags = CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME;
  const CurlUrl parts(curl_url(), curl_url_cleanup);
  if (!parts) throw std::bad_alloc();
  CURLUcode code = curl_url_set(parts.get(), CURLUPART_URL, first.c_str(), kFlags);
  if (code == CURLUE_OK && second != nullptr && !second->empty()) {
    code = curl_url_set(parts.get(), CURLUPART_URL, second->c_str(), kFlags);
  }
  if (code != CURLUE_OK) {
    return invalid(std::string("The URL cannot be read: ") + curl_url_strerror(code) + ".");
  }
  // Judged again on what the parser took, not on what was meant.
  const auto scheme = find_part(parts.get(), CURLUPART_SCHEME, 0);
  if (scheme) {
    if (auto fault = find_scheme_fault(*scheme)) return *std::move(fault);
  }
  const bool has_escapes =
      reading == Reading::First && (first.find('%') != std::string::npos ||
                                    (second != nullptr && second->find('%') != std::string::npos));
  if (const auto plainer = find_plainer_text(parts.get(), has_escapes)) {
    if (plainer->empty() || reading == Reading::Again) {
      return invalid("The URL's host is no name.");
    }
    return parse(*plainer, nullptr, Reading::Again);
  }
  return read_parts(parts.get());
}

// A backslash before the query is a slash, as in every browser.
std::string with_slashes(std::string_view text) {
  std::string out(text);
  const auto end =
      std::find_if(out.begin(), out.end(), [](char c) { return c == '?' || c == '#'; });
  std::replace(out.begin(), end, '\\', '/');
  return out;
}

}  // namespace

UrlOrFailure parse_url(std::string_view text) {
  text = trimmed(text);
  if (auto fault = find_text_fault(text)) return *std::move(fault);
  if (scheme_of(text).empty()) return invalid("The URL has no scheme.");
  return parse(with_slashes(text), nullptr);
}

UrlOrFailure resolve_url(const Url& base, std::string_view location) {
  location = trimmed(location);
  if (auto fault = find_text_fault(location)) return *std::move(fault);
  const std::string relative = with_slashes(location);
  return parse(base.text, &relative);
}

}  // namespace gantry::egress
