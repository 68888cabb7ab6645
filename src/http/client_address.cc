#include "http/client_address.h"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

#include "http/header_tokens.h"

namespace gantry::http {
namespace {

namespace ip = boost::asio::ip;

// "[::1]:80" and "[::1]" give "::1", "127.0.0.1:80" gives "127.0.0.1".
std::string_view without_port(std::string_view text) {
  if (!text.empty() && text[0] == '[')
    return text.substr(1, std::min(text.find(']'), text.size()) - 1);
  if (std::count(text.begin(), text.end(), ':') == 1) return text.substr(0, text.find(':'));
  return text;
}

// The n-th item from the right of a comma list, counted from 1. Nothing when it has fewer.
std::optional<std::string_view> nth_from_right(std::string_view list, std::size_t n) {
  for (;;) {
    const std::size_t comma = list.rfind(',');
    const bool last = comma == std::string_view::npos;
    if (n == 1) return trim(last ? list : list.substr(comma + 1));
    if (last) return std::nullopt;
    list = list.substr(0, comma);
    --n;
  }
}

}  // namespace

std::optional<std::string> parse_address(std::string_view text) {
  const std::string_view bare = without_port(trim(text));
  // The longest form of IPv6 with a scope is shorter; longer text needs no look.
  if (bare.empty() || bare.size() > 64) return std::nullopt;
  boost::system::error_code failed;
  const ip::address address = ip::make_address(std::string(bare), failed);
  if (failed) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

std::string client_address(std::string_view peer, std::string_view real_ip,
                           std::string_view forwarded_for, const ServerOptions& options) {
  if (options.forwarded_count > 0 && !forwarded_for.empty()) {
    if (const auto item = nth_from_right(forwarded_for, options.forwarded_count)) {
      if (auto address = parse_address(*item)) return *std::move(address);
    }
  }
  if (options.real_ip == RealIpHeader::Believe && !real_ip.empty()) {
    if (auto address = parse_address(real_ip)) return *std::move(address);
  }
  return std::string(peer);
}

}  // namespace gantry::http
