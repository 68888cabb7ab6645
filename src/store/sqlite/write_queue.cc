#include "store/sqlite/write_queue.h"

namespace gantry::store::sqlite {

using domain::Urgency;

bool WriteQueue::push(WriteJob job) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= limits_.waiting_max) return false;
    if (jobs_.empty()) waits_since_ = Clock::now();
    if (job.urgency == Urgency::Now) ++urgent_;
    jobs_.push_back(std::move(job));
    wakes = jobs_.size() == 1 || is_ready();
  }
  if (wakes) changed_.notify_one();
  return true;
}

bool WriteQueue::take_group(std::vector<WriteJob>& group) {
  group.clear();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
  if (jobs_.empty()) return false;
  changed_.wait_until(lock, waits_since_ + limits_.gathering_max, [this] { return is_ready(); });
  while (group.size() < limits_.group_max && !jobs_.empty()) {
    if (jobs_.front().urgency == Urgency::Now) --urgent_;
    group.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  }
  return true;
}

void WriteQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

std::size_t WriteQueue::size() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

}  // namespace gantry::store::sqlite
