#include "egress/interfaces.h"

#include <memory>

#include <ifaddrs.h>
#include <netinet/in.h>

#include "egress/address_class.h"
#include "egress/sockaddr.h"

namespace gantry::egress {

bool is_address_of_this_machine(const ip::address& address) {
  const ip::address wanted = effective_address(address);
  if (wanted.is_loopback()) return true;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return true;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    const bool v6 = at->ifa_addr->sa_family == AF_INET6;
    const auto found = to_endpoint(at->ifa_addr, v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    if (found && effective_address(found->address()) == wanted) return true;
  }
  return false;
}

}  // namespace gantry::egress
