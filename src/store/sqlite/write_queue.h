#pragma once
// Write functions that wait for the writer's thread, in their order. Those that somebody waits for
// begin at once; the others wait a little for company, so that one commit, and one sync of the
// disk, serves many.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "domain/store.h"
#include "store/sqlite/completion.h"

namespace gantry::store::sqlite {

struct WriteJob {
  std::function<Result<void>(domain::Tx&)> work;
  Completion completion;
  domain::Urgency urgency = domain::Urgency::Now;
};

struct WriteQueueLimits {
  std::size_t waiting_max = 10'000;
  std::size_t group_max = 256;                 // functions in one commit
  std::size_t gathered_max = 64;               // so many without urgency wait no longer
  std::chrono::milliseconds gathering_max{4};  // nor does one that came so long ago
};

class WriteQueue {
 public:
  explicit WriteQueue(const WriteQueueLimits& limits) : limits_(limits) {}

  // False when it is full or stopping; the job is lost then.
  bool push(WriteJob job);
  // Waits for the next group; false when stopping and empty.
  bool take_group(std::vector<WriteJob>& group);
  // What waits is still taken.
  void stop();
  std::size_t size() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool is_ready() const { return stopping_ || urgent_ > 0 || jobs_.size() >= limits_.gathered_max; }

  const WriteQueueLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<WriteJob> jobs_;
  std::size_t urgent_ = 0;         // of them
  Clock::time_point waits_since_;  // the first of them
  bool stopping_ = false;
};

}  // namespace gantry::store::sqlite
