#include "base/compute_pool.h"

namespace gantry {

ComputePool::ComputePool(std::size_t threads, std::size_t queue_max)
    : pool_(threads), queue_max_(queue_max) {}

ComputePool::~ComputePool() {
  pool_.join();
}

bool ComputePool::try_enter() {
  if (queued_.fetch_add(1) < queue_max_) return true;
  queued_.fetch_sub(1);
  return false;
}

void ComputePool::leave() {
  queued_.fetch_sub(1);
}

}  // namespace gantry
