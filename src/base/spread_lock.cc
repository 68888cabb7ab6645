#include "base/spread_lock.h"

#include <atomic>

namespace gantry {

std::size_t SpreadLock::part_of_thread() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % kParts;
  return mine;
}

}  // namespace gantry
