#pragma once
// A network in CIDR notation, IPv4 or IPv6. A value; pure functions.

#include <optional>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace gantry::egress {

namespace ip = boost::asio::ip;

struct Network {
  ip::address base;
  unsigned prefix_bits = 0;

  // "10.0.0.0/8", "fd00::/8"; one address alone is a network of itself. Nothing for other text.
  static std::optional<Network> from_text(std::string_view text);

  // Compares bits of the same family only.
  bool has_prefix_of(const ip::address& address) const;
  // Also looks inside IPv6 forms that carry an IPv4 address.
  bool contains(const ip::address& address) const;
};

}  // namespace gantry::egress
