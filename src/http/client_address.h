#pragma once
// Whose request this is: the peer of the socket, or who the reverse proxy says.

#include <optional>
#include <string>
#include <string_view>

#include "http/options.h"

namespace gantry::http {

// The address in its usual form, an IPv4 address mapped into IPv6 as IPv4; brackets and a port are
// dropped. Nothing when the text is no address.
std::optional<std::string> parse_address(std::string_view text);

// `real_ip` and `forwarded_for` are the headers' values, empty when absent. What is no address is
// not believed.
std::string client_address(std::string_view peer, std::string_view real_ip,
                           std::string_view forwarded_for, const ServerOptions& options);

}  // namespace gantry::http
