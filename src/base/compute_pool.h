#pragma once
// The bounded pool for long computing (bcrypt, hashing of files), so that it never runs on I/O
// threads. A full queue refuses at once; it does not grow.

#include <atomic>
#include <functional>

#include <boost/asio/thread_pool.hpp>

#include "base/task.h"
#include "base/thread_role.h"

namespace gantry {

class ComputePool {
 public:
  ComputePool(std::size_t threads, std::size_t queue_max);
  ~ComputePool();

  // Runs `work` on the pool and resumes the caller on its own executor. Gives `busy` when
  // queue_max calls wait or run already.
  template <class T>
  Task<T> run(std::function<T()> work, Error busy) {
    if (!try_enter()) co_return busy;
    co_return co_await asio::co_spawn(pool_, run_one<T>(this, std::move(work)),
                                      asio::use_awaitable);
  }

  std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }

 private:
  bool try_enter();
  void leave();

  template <class T>
  static Task<T> run_one(ComputePool* pool, std::function<T()> work) {
    struct Leave {
      ComputePool* pool;
      ~Leave() { pool->leave(); }
    } leave{pool};
    enter_thread("compute", ThreadRole::Background);
    co_return work();
  }

  asio::thread_pool pool_;
  const std::size_t queue_max_;
  std::atomic<std::size_t> queued_{0};
};

}  // namespace gantry
