#include "egress/address_class.h"

#include <algorithm>
#include <array>
#include <optional>

#include "egress/network.h"

namespace gantry::egress {
namespace {

struct Row {
  Network network;
  AddressClass kind;
};

Row row(const char* base, unsigned prefix_bits, AddressClass kind) {
  return {{ip::make_address(base), prefix_bits}, kind};
}

// The first row that contains the address decides.
const auto& rows_v4() {
  static const std::array kRows = {
      row("169.254.169.254", 32, AddressClass::Metadata),  // AWS, Azure, Google and most others
      row("169.254.170.2", 32, AddressClass::Metadata),    // AWS task credentials
      row("169.254.170.23", 32, AddressClass::Metadata),   // AWS pod credentials
      row("168.63.129.16", 32, AddressClass::Metadata),    // Azure's host agent
      row("100.100.100.200", 32, AddressClass::Metadata),  // Alibaba
      row("192.0.0.192", 32, AddressClass::Metadata),      // Oracle
      row("0.0.0.0", 8, AddressClass::Unspecified),
      row("10.0.0.0", 8, AddressClass::Private),
      row("100.64.0.0", 10, AddressClass::Private),
      row("127.0.0.0", 8, AddressClass::Loopback),
      row("169.254.0.0", 16, AddressClass::LinkLocal),
      row("172.16.0.0", 12, AddressClass::Private),
      row("192.0.0.0", 24, AddressClass::Reserved),
      row("192.0.2.0", 24, AddressClass::Reserved),
      row("192.88.99.0", 24, AddressClass::Reserved),
      row("192.168.0.0", 16, AddressClass::Private),
      row("198.18.0.0", 15, AddressClass::Reserved),
      row("198.51.100.0", 24, AddressClass::Reserved),
      row("203.0.113.0", 24, AddressClass::Reserved),
      row("224.0.0.0", 4, AddressClass::Multicast),
      row("255.255.255.255", 32, AddressClass::Broadcast),
      row("240.0.0.0", 4, AddressClass::Reserved),
  };
  return kRows;
}

const auto& rows_v6() {
  static const std::array kRows = {
      row("::", 128, AddressClass::Unspecified),
      row("::1", 128, AddressClass::Loopback),
      row("fd00:ec2::254", 128, AddressClass::Metadata),  // AWS
      row("fd00:ec2::23", 128, AddressClass::Metadata),   // AWS pod credentials
      row("fd20:ce::254", 128, AddressClass::Metadata),   // Google
      row("fc00::", 7, AddressClass::Private),
      row("fe80::", 10, AddressClass::LinkLocal),
      row("ff00::", 8, AddressClass::Multicast),
      row("2001::", 23, AddressClass::Reserved),  // protocol assignments, Teredo among them
      row("2001:db8::", 32, AddressClass::Reserved),
      row("3fff::", 20, AddressClass::Reserved),
      row("2000::", 3, AddressClass::Public),
      row("::", 0, AddressClass::Reserved),
  };
  return kRows;
}

template <class Rows>
AddressClass find_class(const Rows& rows, const ip::address& address) {
  const auto at = std::find_if(rows.begin(), rows.end(),
                               [&](const Row& r) { return r.network.has_prefix_of(address); });
  return at == rows.end() ? AddressClass::Public : at->kind;
}

using Bytes = ip::address_v6::bytes_type;

ip::address_v4 v4_at(const Bytes& bytes, std::size_t offset) {
  return ip::address_v4({bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]});
}

template <std::size_t N>
bool begins_with(const Bytes& bytes, const std::array<unsigned char, N>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

std::optional<ip::address_v4> find_embedded(const ip::address_v6& address) {
  static constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  static constexpr std::array<unsigned char, 12> kTranslated{0, 0, 0,    0,    0, 0,
                                                             0, 0, 0xff, 0xff, 0, 0};
  static constexpr std::array<unsigned char, 12> kNat64{0, 0x64, 0xff, 0x9b, 0, 0,
                                                        0, 0,    0,    0,    0, 0};
  static constexpr std::array<unsigned char, 12> kCompatible{};
  static constexpr std::array<unsigned char, 2> kSixToFour{0x20, 0x02};
  if (address.is_unspecified() || address.is_loopback()) return std::nullopt;
  const Bytes bytes = address.to_bytes();
  if (begins_with(bytes, kMapped) || begins_with(bytes, kTranslated) ||
      begins_with(bytes, kNat64) || begins_with(bytes, kCompatible)) {
    return v4_at(bytes, 12);
  }
  if (begins_with(bytes, kSixToFour)) return v4_at(bytes, 2);
  return std::nullopt;
}

// ISATAP keeps an IPv4 address in the interface part of any prefix.
std::optional<ip::address_v4> find_isatap(const ip::address_v6& address) {
  const Bytes bytes = address.to_bytes();
  const bool isatap = (bytes[8] == 0x00 || bytes[8] == 0x02) && bytes[9] == 0x00 &&
                      bytes[10] == 0x5e && bytes[11] == 0xfe;
  if (!isatap) return std::nullopt;
  return v4_at(bytes, 12);
}

}  // namespace

ip::address effective_address(const ip::address& address) {
  if (address.is_v4()) return address;
  if (const auto embedded = find_embedded(address.to_v6())) return *embedded;
  // The scope is no part of what is judged.
  return ip::address_v6(address.to_v6().to_bytes());
}

AddressClass classify(const ip::address& address) {
  const ip::address effective = effective_address(address);
  if (effective.is_v4()) return find_class(rows_v4(), effective);
  const AddressClass found = find_class(rows_v6(), effective);
  if (found != AddressClass::Public) return found;
  if (const auto inner = find_isatap(effective.to_v6())) return classify(*inner);
  return found;
}

}  // namespace gantry::egress
