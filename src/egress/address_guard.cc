#include "egress/address_guard.h"

#include <cerrno>

#include <sys/socket.h>

#include "base/log.h"
#include "egress/sockaddr.h"

namespace gantry::egress {

void AddressGuard::begin(const AddressPolicy& policy, const std::string& host, Route route) {
  *this = AddressGuard{};
  policy_ = &policy;
  host_ = &host;
  route_ = route;
}

bool AddressGuard::accepts(const ip::tcp::endpoint& endpoint) {
  last_ = endpoint;
  const Verdict verdict = judge(*policy_, *host_, endpoint.address(), endpoint.port());
  if (verdict == Verdict::Allowed) {
    saw_allowed_ = true;
    return true;
  }
  refusal_ = verdict;
  // The address stays out of the failure's text: it would tell the maker of a hook what names
  // inside the administrator's network mean.
  log::info("egress_blocked", {{"host", *host_},
                               {"address", endpoint.address().to_string()},
                               {"port", endpoint.port()},
                               {"because", to_words(verdict)}});
  return false;
}

curl_socket_t AddressGuard::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& guard = *static_cast<AddressGuard*>(self);
  guard.opened_ = true;
  if (guard.route_ != Route::Proxied) {
    const auto endpoint = to_endpoint(&address->addr, address->addrlen);
    if (!endpoint) {
      guard.refusal_ = Verdict::Reserved;
      return CURL_SOCKET_BAD;
    }
    if (!guard.accepts(*endpoint) || guard.route_ == Route::Probe) return CURL_SOCKET_BAD;
  }
  const int made = ::socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                            address->protocol);
  if (made >= 0) return made;
  guard.socket_error_ = errno;
  return CURL_SOCKET_BAD;
}

int AddressGuard::before_request(void* self, char* remote_address, char*, int remote_port, int) {
  auto& guard = *static_cast<AddressGuard*>(self);
  if (guard.route_ == Route::Proxied) return CURL_PREREQFUNC_OK;
  boost::system::error_code failure;
  const ip::address address = ip::make_address(remote_address, failure);
  if (failure) {
    guard.refusal_ = Verdict::Reserved;
    return CURL_PREREQFUNC_ABORT;
  }
  const auto port = static_cast<std::uint16_t>(remote_port);
  return guard.accepts({address, port}) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

}  // namespace gantry::egress
