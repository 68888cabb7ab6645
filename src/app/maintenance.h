#pragma once
// What is done from time to time: forgetting ended rate windows, and pruning history and ended
// deliveries beyond their age, in small transactions so that posting never waits long.

#include <boost/asio/steady_timer.hpp>

#include "base/task_group.h"
#include "dispatch/dispatcher.h"
#include "domain/context.h"

namespace gantry::app {

class Maintenance {
 public:
  Maintenance(asio::any_io_executor executor, const domain::Context& context,
              dispatch::Dispatcher& dispatcher, TaskGroup& tasks);

  void start();
  // From any thread; the task ends soon after.
  void stop();

 private:
  asio::awaitable<void> run();
  Task<void> prune();

  asio::steady_timer timer_;
  const domain::Context context_;
  dispatch::Dispatcher& dispatcher_;
  TaskGroup& tasks_;
  std::atomic<bool> stopping_{false};
};

}  // namespace gantry::app
