#include "store/sqlite/checkpointer.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "base/log.h"
#include "base/thread_role.h"

namespace gantry::store::sqlite {
namespace {

constexpr int kLongLogPasses = 4;  // a log of so many passes is long
constexpr int kRestPart = 8;       // of a pass: the writer may copy it itself without much delay
constexpr int kPassesMax = 4;      // then it does so even if more is left

}  // namespace

void Checkpointer::start() {
  writer_.watch_log(&log_frames_);
  thread_ = std::thread([this, connection = std::make_unique<Connection>(
                                   path_, Access::ReadWrite)] { loop(*connection); });
}

void Checkpointer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Checkpointer::after_commit() {
  if (log_frames_ < copied_frames_) copied_frames_ = 0;  // the log began again
  const Pass pass = pass_.load(std::memory_order_acquire);
  if (pass == Pass::Running) return;
  if (pass == Pass::Ended) {
    copied_frames_ = std::min(pass_copied_.load(std::memory_order_relaxed), log_frames_);
    pass_.store(Pass::None, std::memory_order_relaxed);
    ++passes_;
    const bool is_long = log_frames_ >= kLongLogPasses * pass_pages_;
    const int rest = log_frames_ - copied_frames_;
    if (is_long && (rest <= pass_pages_ / kRestPart || passes_ >= kPassesMax)) {
      finish_log();
    } else if (is_long) {
      ask();
    }
    return;
  }
  if (log_frames_ - copied_frames_ >= pass_pages_) {
    passes_ = 0;
    ask();
  }
}

void Checkpointer::ask() {
  pass_.store(Pass::Running, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
  }
  changed_.notify_one();
}

// Readers that look at an older state may keep some of the log: then it is tried again a pass
// later.
void Checkpointer::finish_log() {
  passes_ = 0;
  try {
    copied_frames_ = writer_.copy_log();
  } catch (const StoreFault& fault) {
    copied_frames_ = log_frames_;
    log::warn("checkpoint failed", {{"fault", fault.what()}});
  }
}

void Checkpointer::loop(Connection& connection) {
  enter_thread("checkpointer", ThreadRole::Background);
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || asked_; });
      if (stopping_) return;
      asked_ = false;
    }
    int copied = 0;
    try {
      copied = connection.copy_log();
    } catch (const StoreFault& fault) {
      // What is in the log is safe there, and the next pass tries again.
      log::warn("checkpoint failed", {{"fault", fault.what()}});
      copied = std::numeric_limits<int>::max();
    }
    pass_copied_.store(copied, std::memory_order_relaxed);
    pass_.store(Pass::Ended, std::memory_order_release);
  }
}

}  // namespace gantry::store::sqlite
