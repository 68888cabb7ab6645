#pragma once
// The addresses of this machine, asked of the system at each call, because they change.

#include <boost/asio/ip/address.hpp>

namespace gantry::egress {

// True for loopback, and for all addresses when the system does not tell its own.
bool is_address_of_this_machine(const boost::asio::ip::address& address);

}  // namespace gantry::egress
