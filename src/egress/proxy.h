#pragma once
// The proxy that the environment names. With a proxy the name is resolved by the proxy, so what
// this machine resolved and judged before is only a hint: a name that changes between the two
// look-ups, or that the proxy sees otherwise, is beyond the guard. The proxy must then have rules
// of its own.

#include <string>
#include <string_view>

#include "egress/url.h"

namespace gantry::egress {

// A name that this machine cannot resolve, while a proxy could.
enum class UnresolvedName { Refuse, LeaveToProxy };

struct ProxySettings {
  std::string http;   // proxy for http URLs; empty: none
  std::string https;  // proxy for https URLs
  std::string
      no_proxy;  // "*", hosts with all below them, addresses, networks; each may have ":port"
  UnresolvedName unresolved = UnresolvedName::Refuse;

  // http_proxy, https_proxy, all_proxy and no_proxy; all but the first also in upper case.
  static ProxySettings from_environment();
};

// The proxy's URL, or empty for a direct connection.
std::string_view proxy_for(const ProxySettings& settings, const Url& url);

}  // namespace gantry::egress
