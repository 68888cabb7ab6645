#pragma once
// The owner of background coroutines: nothing is started without one. Failures are logged with
// the name of the task. join() waits until all have ended; the owner asks them to stop first.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

#include "base/task.h"

namespace gantry {

class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor) : executor_(std::move(executor)) {}
  ~TaskGroup();

  void spawn(std::string name, asio::awaitable<void> task);
  // The same on an executor of the caller's, such as the strand of an actor.
  void spawn_on(asio::any_io_executor executor, std::string name, asio::awaitable<void> task);
  std::size_t running() const { return running_.load(); }
  // Blocks; never call it on an I/O thread.
  void join();

 private:
  void finished(const std::string& name, std::exception_ptr failure);

  asio::any_io_executor executor_;
  std::atomic<std::size_t> running_{0};
  std::mutex mutex_;
  std::condition_variable idle_;
};

}  // namespace gantry
