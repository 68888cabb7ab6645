#pragma once
// URLs as the client uses them: parsed once, normalised, judged and sent from the same text, so
// that no second parser can see another host. Pure functions.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "egress/http_client.h"

namespace gantry::egress {

struct Url {
  std::string text;       // without user, password and fragment
  std::string origin;     // "https://host:443"
  std::string host;       // as normal_host() gives it
  std::string user_info;  // "user:password", decoded; empty when there is none
  std::uint16_t port = 0;
  bool secure = false;
};

using UrlOrFailure = std::variant<Url, HttpFailure>;

UrlOrFailure parse_url(std::string_view text);
// `location` may be relative to `base`.
UrlOrFailure resolve_url(const Url& base, std::string_view location);

}  // namespace gantry::egress
