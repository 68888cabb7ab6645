#pragma once
// Stands where libcurl opens sockets and judges the address that is really used: for the first
// connection, for each further address of a name, for every redirect, and for kept connections
// that another request with another policy opened. One guard belongs to one transfer and is used
// on the loop's thread only.

#include <optional>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <curl/curl.h>

#include "egress/address_policy.h"

namespace gantry::egress {

class AddressGuard {
 public:
  enum class Route {
    Direct,
    Probe,    // resolves and judges, never connects
    Proxied,  // the address is the proxy's, which the administrator chose
  };

  // Policy and host must stay until the hop has ended.
  void begin(const AddressPolicy& policy, const std::string& host, Route route);

  // Refused addresses of the hop: the last reason, or nothing.
  std::optional<Verdict> refusal() const { return refusal_; }
  // True when the refused connection was a kept one, so that a new one may do better.
  bool refused_kept_connection() const { return refusal_ && !opened_; }
  bool saw_allowed_address() const { return saw_allowed_; }
  const std::optional<ip::tcp::endpoint>& last_address() const { return last_; }
  int socket_error() const { return socket_error_; }

  // The signatures of libcurl; `self` is the guard.
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int before_request(void* self, char* remote_address, char* local_address, int remote_port,
                            int local_port);

 private:
  bool accepts(const ip::tcp::endpoint& endpoint);

  const AddressPolicy* policy_ = nullptr;
  const std::string* host_ = nullptr;
  Route route_ = Route::Direct;
  std::optional<Verdict> refusal_;
  std::optional<ip::tcp::endpoint> last_;
  bool opened_ = false;
  bool saw_allowed_ = false;
  int socket_error_ = 0;
};

}  // namespace gantry::egress
