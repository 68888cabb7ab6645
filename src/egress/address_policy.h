#pragma once
// Which addresses a request may reach. Values and pure functions; the one look at the machine is
// the list of its interfaces, and only for a port on which Gantry itself listens.
//
// Never reachable, whatever the lists say: link-local, metadata, multicast, broadcast and
// unspecified addresses, and Gantry's own listeners. Then denials count, then `only_`, then reach.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "egress/address_class.h"
#include "egress/network.h"

namespace gantry::egress {

enum class Reach { PublicOnly, LocalAndPublic };

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};

// Networks and hosts of one list. A host is a name ("hooks.example", "*.example" for all below
// it), in lower case without a trailing dot.
struct Places {
  std::vector<Network> networks;
  std::vector<std::string> hosts;

  bool empty() const { return networks.empty() && hosts.empty(); }
  bool contains(const ip::address& address) const;
  bool contains(std::string_view host) const;
};

// Reads a setting: networks, addresses and host names separated by commas or white space. The
// other alternative is the first entry that is none of them.
std::variant<Places, std::string> parse_places(std::string_view text);

struct NetworkRules {
  Places extra;   // reachable even with PublicOnly; the administrator vouches for such a host's DNS
  Places denied;  // never
  Places only;    // when not empty, nothing else
  std::vector<PortRange> denied_ports;
  std::vector<PortRange> only_ports;  // when not empty, no other
  // A wildcard address stands for every address of this machine.
  std::vector<ip::tcp::endpoint> own_listeners;
};

// Cheap to copy; the rules are shared and never change.
struct AddressPolicy {
  Reach reach = Reach::PublicOnly;
  std::shared_ptr<const NetworkRules> rules;
};

enum class Verdict {
  Allowed,
  Loopback,
  Private,
  LinkLocal,
  Metadata,
  Multicast,
  Broadcast,
  Unspecified,
  Reserved,
  OwnListener,
  Denied,
  DeniedPort,
  NotListed,
};

// "a private address", for the text of a refusal.
std::string_view to_words(Verdict verdict);

// `host` is the name as the URL has it (Url::host), or empty.
Verdict judge(const AddressPolicy& policy, std::string_view host, const ip::address& address,
              std::uint16_t port);
// What can be said before the name is resolved.
Verdict judge_host(const AddressPolicy& policy, std::string_view host, std::uint16_t port);

bool allows(const AddressPolicy& policy, const ip::address& address, std::uint16_t port);

}  // namespace gantry::egress
