#pragma once
// What the administrator decides about the HTTP server, and every limit of this layer by name.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry {
class ComputePool;
}

namespace gantry::http {

struct Limits {
  // Request line and headers together, and the trailers of a chunked body: beyond it 431.
  std::size_t header_bytes_max = 32 * 1024;
  std::size_t headers_max = 100;
  std::size_t target_bytes_max = 16 * 1024;  // beyond it 414

  std::size_t connections_max = 10'000;  // beyond it 503
  // From one address (of IPv6 from one /64). 0: no limit, as behind a reverse proxy all
  // connections come from one.
  std::size_t connections_per_address_max = 0;
  // Bodies of all requests that are being received or answered: beyond it 503.
  std::size_t bodies_bytes_max = std::size_t{1} << 30U;

  std::chrono::milliseconds keep_alive_idle_max{75'000};
  // From the first byte of a request to the end of its headers; also the TLS handshake and the
  // wait for the first byte of a new connection. Beyond it 408.
  std::chrono::milliseconds header_time_max{15'000};
  // A body or a reply may not stand still longer than this...
  std::chrono::milliseconds stall_max{30'000};
  // ...nor fall, after rate_grace, below this mean rate.
  std::uint64_t bytes_per_second_min = 512;
  std::chrono::milliseconds rate_grace{30'000};
  // How long, and for how many bytes, a refused client may go on sending before it is cut off; a
  // cut at once could destroy the reply on its way.
  std::chrono::milliseconds linger_time_max{2'000};
  std::size_t linger_bytes_max = 4 * 1024 * 1024;

  // How often deadlines are looked at; they are late by at most this.
  std::chrono::milliseconds sweep_interval{250};
};

struct Gzip {
  std::size_t reply_bytes_min = 4 * 1024;
  // Larger replies are compressed on the pool, or not at all without one.
  std::size_t inline_bytes_max = 256 * 1024;
  // The part of one core that compressing on I/O threads may take; beyond it replies go as they
  // are. 0 switches that off.
  double cpu_share_max = 0.25;
  int level = 4;
  ComputePool* pool = nullptr;  // outlives the server
};

struct ListenAddress {
  std::string address;     // IPv4 or IPv6, without brackets
  std::uint16_t port = 0;  // 0: the system chooses
};

struct TlsFiles {
  std::string certificate_path;  // PEM, with the chain
  std::string key_path;          // PEM
};

enum class RealIpHeader { Believe, Ignore };

struct SecurityHeaders {
  bool xss_protection = true;
  bool no_sniff = true;
  std::string frame_options = "sameorigin";  // empty: no such header
  std::string content_security_policy;       // empty: no such header
};

struct ServerOptions {
  std::vector<ListenAddress> listen;
  std::optional<TlsFiles> tls;  // for all listeners
  // How many threads run the io_context. With more than one, an answer that waits runs on a strand
  // of its connection.
  std::size_t threads = 1;
  std::string path_prefix;  // of ROOT_URL: "" or "/chat"
  // Compat: X-Real-IP is believed by default; the count wins where X-Forwarded-For is that long.
  RealIpHeader real_ip = RealIpHeader::Believe;
  std::size_t forwarded_count = 0;  // HTTP_FORWARDED_COUNT
  SecurityHeaders security;
  Limits limits;
  Gzip gzip;
};

}  // namespace gantry::http
