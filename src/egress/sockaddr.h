#pragma once
// From the system's socket addresses to typed endpoints.

#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <sys/socket.h>

namespace gantry::egress {

// Nothing for families other than IPv4 and IPv6, or when `bytes` are too few.
std::optional<boost::asio::ip::tcp::endpoint> to_endpoint(const sockaddr* address,
                                                          std::size_t bytes);

}  // namespace gantry::egress
