// Addresses of requests: the first line is a URL, the second a redirect's location, the third an
// entry of the lists. What is accepted stays as it is when it is read again, and no spelling of an
// address that the system would understand is left in a host that is taken for a name.

#include <boost/asio/ip/address.hpp>
#include <netdb.h>
#include <sys/socket.h>

#include "egress/address_policy.h"
#include "egress/url.h"
#include "fuzz_support.h"

namespace gantry::egress {
namespace {

using fuzz::require;

// As the system's resolver reads numbers: octal, hexadecimal, with fewer parts than four.
bool is_number_for_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
  freeaddrinfo(found);
  return true;
}

void check(const UrlOrFailure& parsed) {
  const Url* url = std::get_if<Url>(&parsed);
  if (url == nullptr) {
    require(!std::get<HttpFailure>(parsed).text.empty());
    return;
  }
  require(!url->host.empty() && url->port != 0);
  require(url->text.starts_with(url->secure ? "https://" : "http://"));
  const UrlOrFailure again = parse_url(url->text);
  const Url* same = std::get_if<Url>(&again);
  require(same != nullptr && same->host == url->host && same->port == url->port &&
          same->secure == url->secure && same->text == url->text && same->origin == url->origin);

  boost::system::error_code not_an_address;
  const auto address = boost::asio::ip::make_address(url->host, not_an_address);
  require(!not_an_address || !is_number_for_system(url->host));
  const AddressPolicy anybody;
  if (!not_an_address) {
    const bool reachable = judge(anybody, url->host, address, url->port) == Verdict::Allowed;
    require(!reachable ||
            (!address.is_loopback() && !address.is_unspecified() && !address.is_multicast()));
  }
}

}  // namespace
}  // namespace gantry::egress

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::egress;
  const auto [first, after] = gantry::fuzz::split_line(gantry::fuzz::to_view(data, size));
  const auto [second, third] = gantry::fuzz::split_line(after);
  const UrlOrFailure parsed = parse_url(first);
  check(parsed);
  if (const Url* base = std::get_if<Url>(&parsed)) check(resolve_url(*base, second));
  parse_places(third);
  return 0;
}
