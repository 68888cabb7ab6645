#pragma once
// The limits of the one client of the process, and what it counts.

#include <array>
#include <cstdint>
#include <string>

#include "egress/http_client.h"
#include "egress/proxy.h"

namespace gantry::egress {

struct EgressOptions {
  std::size_t active_max = 256;            // requests on the wire
  std::size_t active_per_origin_max = 32;  // of these, to one scheme, host and port
  std::size_t waiting_max = 8192;          // beyond it send() answers Busy at once
  Milliseconds waiting_time_max{60'000};   // a request whose turn does not come answers Busy
  Milliseconds connect_timeout{10'000};
  Milliseconds timeout_max{300'000};  // what a request asks beyond it is cut to it
  Milliseconds names_kept{60'000};    // how long a resolved name is used
  Milliseconds idle_connection_kept{60'000};
  std::size_t idle_connections_max = 256;
  std::string ca_file;  // certificates to trust instead of the system's; PEM
  ProxySettings proxy;
};

struct EgressMetrics {
  std::size_t active = 0;
  std::size_t waiting = 0;
  std::uint64_t replies = 0;
  std::uint64_t redirects = 0;
  std::uint64_t connections = 0;                              // opened
  std::array<std::uint64_t, HttpFailure::kKinds> failures{};  // by kind

  std::uint64_t failed(HttpFailure::Kind kind) const {
    return failures[static_cast<std::size_t>(kind)];
  }
};

}  // namespace gantry::egress
