#include "egress/proxy.h"

#include <charconv>
#include <cstdlib>

#include "egress/network.h"
#include "egress/text.h"

namespace gantry::egress {
namespace {

std::string read_environment(const char* lower_name, const char* upper_name) {
  const char* value = std::getenv(lower_name);
  if (value == nullptr && upper_name != nullptr) value = std::getenv(upper_name);
  return value == nullptr ? "" : value;
}

bool names_host(std::string_view entry, const Url& url) {
  if (const auto network = Network::from_text(entry)) {
    boost::system::error_code failure;
    const ip::address address = ip::make_address(url.host, failure);
    return !failure && network->contains(address);
  }
  if (entry.starts_with("*.")) entry.remove_prefix(2);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  const std::string suffix = normal_host(entry);
  if (suffix.empty() || !url.host.ends_with(suffix)) return false;
  return url.host.size() == suffix.size() || url.host[url.host.size() - suffix.size() - 1] == '.';
}

// Splits off ":8080", unless the entry is an IPv6 address without brackets.
bool takes_port(std::string_view& entry, std::uint16_t port) {
  const std::size_t colon = entry.rfind(':');
  if (colon == std::string_view::npos) return true;
  const bool bracketed = entry.front() == '[';
  if (bracketed ? entry[colon - 1] != ']' : entry.find(':') != colon) return true;
  std::uint16_t wanted = 0;
  std::from_chars(entry.data() + colon + 1, entry.data() + entry.size(), wanted);
  entry = entry.substr(0, colon);
  return wanted == port;
}

bool is_excepted(std::string_view entry, const Url& url) {
  if (entry == "*") return true;
  if (!takes_port(entry, url.port)) return false;
  if (entry.size() > 2 && entry.front() == '[' && entry.back() == ']') {
    entry = entry.substr(1, entry.size() - 2);
  }
  return names_host(entry, url);
}

}  // namespace

ProxySettings ProxySettings::from_environment() {
  // HTTP_PROXY is not read: a CGI parent would let a client set it by a header.
  ProxySettings settings;
  const std::string all = read_environment("all_proxy", "ALL_PROXY");
  settings.http = read_environment("http_proxy", nullptr);
  settings.https = read_environment("https_proxy", "HTTPS_PROXY");
  if (settings.http.empty()) settings.http = all;
  if (settings.https.empty()) settings.https = all;
  settings.no_proxy = read_environment("no_proxy", "NO_PROXY");
  return settings;
}

std::string_view proxy_for(const ProxySettings& settings, const Url& url) {
  const std::string& proxy = url.secure ? settings.https : settings.http;
  if (proxy.empty()) return {};
  static constexpr std::string_view kSeparators = ", \t";
  std::string_view rest = settings.no_proxy;
  while (true) {
    const std::size_t begin = rest.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return proxy;
    rest.remove_prefix(begin);
    const std::string_view entry = rest.substr(0, rest.find_first_of(kSeparators));
    rest.remove_prefix(entry.size());
    if (is_excepted(entry, url)) return {};
  }
}

}  // namespace gantry::egress
