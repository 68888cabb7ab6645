#pragma once
// Counters of the HTTP server. Written from any thread and read without locks; a reading is not
// one instant.

#include <array>
#include <atomic>
#include <cstdint>

namespace gantry::http {

struct Metrics {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_closed = 0;
  std::uint64_t connections_refused = 0;  // over a limit
  std::uint64_t connections_timed_out = 0;
  std::uint64_t handshakes_failed = 0;
  std::uint64_t bodies_too_large = 0;
  std::array<std::uint64_t, 5> replies_by_class{};  // 1xx to 5xx
  std::uint64_t replies_compressed = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t body_bytes_held = 0;

  std::uint64_t connections_open() const { return connections_accepted - connections_closed; }
};

enum class Counter : std::size_t {
  Accepted,
  Closed,
  Refused,
  TimedOut,
  HandshakeFailed,
  TooLarge,
  Replies1xx,
  Replies2xx,
  Replies3xx,
  Replies4xx,
  Replies5xx,
  Compressed,
  BytesReceived,
  BytesSent,
  Count,
};

class Counters {
 public:
  void add(Counter counter, std::uint64_t amount = 1) {
    shards_[shard_of_thread()].values[static_cast<std::size_t>(counter)].fetch_add(
        amount, std::memory_order_relaxed);
  }
  void add_reply(unsigned status, std::uint64_t bytes) {
    const std::size_t status_class = status < 100 || status > 599 ? 5 : status / 100;
    add(static_cast<Counter>(static_cast<std::size_t>(Counter::Replies1xx) + status_class - 1));
    add(Counter::BytesSent, bytes);
  }
  std::uint64_t sum(Counter counter) const;

 private:
  // Threads share no cache line as long as there are no more of them than shards.
  static constexpr std::size_t kShards = 8;
  struct alignas(64) Shard {
    std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Counter::Count)> values{};
  };
  static std::size_t shard_of_thread();

  std::array<Shard, kShards> shards_;
};

}  // namespace gantry::http
