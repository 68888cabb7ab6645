#include "http/metrics.h"

namespace gantry::http {

std::size_t Counters::shard_of_thread() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % kShards;
  return mine;
}

std::uint64_t Counters::sum(Counter counter) const {
  std::uint64_t total = 0;
  for (const Shard& shard : shards_) {
    total += shard.values[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
  }
  return total;
}

}  // namespace gantry::http
