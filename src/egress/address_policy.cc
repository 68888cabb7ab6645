#include "egress/address_policy.h"

#include <algorithm>

#include "egress/interfaces.h"
#include "egress/text.h"

namespace gantry::egress {
namespace {

const NetworkRules& rules_of(const AddressPolicy& policy) {
  static const NetworkRules kNone;
  return policy.rules ? *policy.rules : kNone;
}

bool has_port(const std::vector<PortRange>& ranges, std::uint16_t port) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const PortRange& range) {
    return range.first <= port && port <= range.last;
  });
}

bool is_own_listener(const NetworkRules& rules, const ip::address& address, std::uint16_t port) {
  const ip::address effective = effective_address(address);
  return std::any_of(
      rules.own_listeners.begin(), rules.own_listeners.end(), [&](const ip::tcp::endpoint& own) {
        if (own.port() != port) return false;
        if (effective_address(own.address()) == effective) return true;
        return own.address().is_unspecified() && is_address_of_this_machine(effective);
      });
}

// Classes that no list can open.
bool is_closed_for_all(AddressClass kind) {
  switch (kind) {
    case AddressClass::LinkLocal:
    case AddressClass::Metadata:
    case AddressClass::Multicast:
    case AddressClass::Broadcast:
    case AddressClass::Unspecified:
      return true;
    case AddressClass::Public:
    case AddressClass::Loopback:
    case AddressClass::Private:
    case AddressClass::Reserved:
      return false;
  }
  return true;
}

bool is_within_reach(Reach reach, AddressClass kind) {
  if (kind == AddressClass::Public) return true;
  return reach == Reach::LocalAndPublic &&
         (kind == AddressClass::Loopback || kind == AddressClass::Private);
}

Verdict to_verdict(AddressClass kind) {
  switch (kind) {
    case AddressClass::Public:
      return Verdict::Allowed;
    case AddressClass::Loopback:
      return Verdict::Loopback;
    case AddressClass::Private:
      return Verdict::Private;
    case AddressClass::LinkLocal:
      return Verdict::LinkLocal;
    case AddressClass::Metadata:
      return Verdict::Metadata;
    case AddressClass::Multicast:
      return Verdict::Multicast;
    case AddressClass::Broadcast:
      return Verdict::Broadcast;
    case AddressClass::Unspecified:
      return Verdict::Unspecified;
    case AddressClass::Reserved:
      return Verdict::Reserved;
  }
  return Verdict::Reserved;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_alnum(c) || c == '-' || c == '.' || c == '_' ||
                  static_cast<unsigned char>(c) >= 0x80;
         });
}

}  // namespace

bool Places::contains(const ip::address& address) const {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.contains(address); });
}

bool Places::contains(std::string_view host) const {
  return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& pattern) {
    if (!pattern.starts_with("*.")) return host == pattern;
    const std::string_view tail = std::string_view(pattern).substr(1);
    return host.size() > tail.size() && host.ends_with(tail);
  });
}

std::variant<Places, std::string> parse_places(std::string_view text) {
  static constexpr std::string_view kSeparators = ", \t\r\n";
  Places places;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return places;
    text.remove_prefix(begin);
    const std::string_view entry = text.substr(0, text.find_first_of(kSeparators));
    text.remove_prefix(entry.size());
    const std::string host = normal_host(entry);
    if (const auto network = Network::from_text(host)) {
      places.networks.push_back(*network);
      continue;
    }
    const std::string_view name = host.starts_with("*.") ? std::string_view(host).substr(2) : host;
    if (!is_host_name(name)) return std::string(entry);
    places.hosts.push_back(host);
  }
}

std::string_view to_words(Verdict verdict) {
  switch (verdict) {
    case Verdict::Allowed:
      return "an allowed address";
    case Verdict::Loopback:
      return "a loopback address";
    case Verdict::Private:
      return "a private address";
    case Verdict::LinkLocal:
      return "a link-local address";
    case Verdict::Metadata:
      return "a cloud metadata address";
    case Verdict::Multicast:
      return "a multicast address";
    case Verdict::Broadcast:
      return "the broadcast address";
    case Verdict::Unspecified:
      return "an unspecified address";
    case Verdict::Reserved:
      return "a reserved address";
    case Verdict::OwnListener:
      return "this server itself";
    case Verdict::Denied:
      return "a denied place";
    case Verdict::DeniedPort:
      return "a port that is not allowed";
    case Verdict::NotListed:
      return "a place that is not on the list of allowed ones";
  }
  return "a denied place";
}

Verdict judge_host(const AddressPolicy& policy, std::string_view host, std::uint16_t port) {
  const NetworkRules& rules = rules_of(policy);
  if (rules.denied.contains(host)) return Verdict::Denied;
  if (has_port(rules.denied_ports, port)) return Verdict::DeniedPort;
  if (!rules.only_ports.empty() && !has_port(rules.only_ports, port)) return Verdict::DeniedPort;
  if (!rules.only.empty() && rules.only.networks.empty() && !rules.only.contains(host)) {
    return Verdict::NotListed;
  }
  return Verdict::Allowed;
}

Verdict judge(const AddressPolicy& policy, std::string_view host, const ip::address& address,
              std::uint16_t port) {
  const NetworkRules& rules = rules_of(policy);
  const AddressClass kind = classify(address);
  if (is_closed_for_all(kind)) return to_verdict(kind);
  if (is_own_listener(rules, address, port)) return Verdict::OwnListener;
  if (rules.denied.contains(address)) return Verdict::Denied;
  const Verdict named = judge_host(policy, host, port);
  if (named != Verdict::Allowed) return named;
  if (!rules.only.empty() && !rules.only.contains(host) && !rules.only.contains(address)) {
    return Verdict::NotListed;
  }
  if (is_within_reach(policy.reach, kind)) return Verdict::Allowed;
  if (rules.extra.contains(address) || rules.extra.contains(host)) return Verdict::Allowed;
  return to_verdict(kind);
}

bool allows(const AddressPolicy& policy, const ip::address& address, std::uint16_t port) {
  return judge(policy, {}, address, port) == Verdict::Allowed;
}

}  // namespace gantry::egress
