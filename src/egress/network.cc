#include "egress/network.h"

#include <charconv>
#include <string>

#include "egress/address_class.h"

namespace gantry::egress {
namespace {

template <class Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, unsigned prefix_bits) {
  const std::size_t whole = prefix_bits / 8;
  for (std::size_t i = 0; i < whole; ++i) {
    if (a[i] != b[i]) return false;
  }
  const unsigned rest = prefix_bits % 8;
  if (rest == 0) return true;
  const unsigned mask = (0xff00U >> rest) & 0xffU;
  return (a[whole] & mask) == (b[whole] & mask);
}

}  // namespace

std::optional<Network> Network::from_text(std::string_view text) {
  const std::size_t slash = text.find('/');
  boost::system::error_code failure;
  const ip::address base = ip::make_address(std::string(text.substr(0, slash)), failure);
  if (failure) return std::nullopt;
  if (base.is_v6() && base.to_v6().scope_id() != 0) return std::nullopt;
  const unsigned bits_max = base.is_v4() ? 32 : 128;
  if (slash == std::string_view::npos) return Network{base, bits_max};
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (code != std::errc{} || end != digits.data() + digits.size() || bits > bits_max) {
    return std::nullopt;
  }
  return Network{base, bits};
}

bool Network::has_prefix_of(const ip::address& address) const {
  if (base.is_v4() != address.is_v4()) return false;
  if (base.is_v4()) {
    return same_prefix(base.to_v4().to_bytes(), address.to_v4().to_bytes(), prefix_bits);
  }
  return same_prefix(base.to_v6().to_bytes(), address.to_v6().to_bytes(), prefix_bits);
}

bool Network::contains(const ip::address& address) const {
  return has_prefix_of(address) || has_prefix_of(effective_address(address));
}

}  // namespace gantry::egress
