#pragma once
// What kind of place an IP address is, for every form in which IPv6 can carry an IPv4 address.
// Pure functions.

#include <boost/asio/ip/address.hpp>

namespace gantry::egress {

namespace ip = boost::asio::ip;

enum class AddressClass {
  Public,
  Loopback,
  Private,  // RFC 1918, shared 100.64.0.0/10, unique local fc00::/7
  LinkLocal,
  Metadata,  // where clouds answer with credentials
  Multicast,
  Broadcast,
  Unspecified,  // 0.0.0.0/8 and ::, which reach this host
  Reserved,     // documentation, benchmarks, protocol assignments, not assigned
};

// The IPv4 address inside mapped, compatible, translated, NAT64 and 6to4 forms; else the address.
ip::address effective_address(const ip::address& address);

AddressClass classify(const ip::address& address);

}  // namespace gantry::egress
