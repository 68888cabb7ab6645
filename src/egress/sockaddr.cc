#include "egress/sockaddr.h"

#include <cstring>

#include <netinet/in.h>

namespace gantry::egress {

namespace ip = boost::asio::ip;

std::optional<ip::tcp::endpoint> to_endpoint(const sockaddr* address, std::size_t bytes) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET && bytes >= sizeof(sockaddr_in)) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return ip::tcp::endpoint(ip::address_v4(ntohl(v4.sin_addr.s_addr)), ntohs(v4.sin_port));
  }
  if (address->sa_family == AF_INET6 && bytes >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    ip::address_v6::bytes_type raw{};
    std::memcpy(raw.data(), &v6.sin6_addr, raw.size());
    return ip::tcp::endpoint(ip::address_v6(raw, v6.sin6_scope_id), ntohs(v6.sin6_port));
  }
  return std::nullopt;
}

}  // namespace gantry::egress
