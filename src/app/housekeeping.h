#pragma once
// Work that is done now and then while the server runs, such as forgetting what has expired. Owned
// by the server; each job runs alone, its period counted from the end of its last run.

#include <deque>
#include <functional>
#include <string>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "base/task_group.h"

namespace gantry::app {

class Housekeeping {
 public:
  using Job = std::function<Task<void>()>;

  Housekeeping(TaskGroup& tasks, const asio::any_io_executor& executor)
      : tasks_(tasks), strand_(asio::make_strand(executor)) {}

  // Before start().
  void add(std::string name, std::chrono::seconds period, Job job);
  void start();
  // Each job runs now, its period notwithstanding.
  void hurry();
  // Ends the waiting; a job that runs is ended by its own means. The tasks are joined by the owner.
  void stop();

 private:
  struct Chore {
    std::string name;
    std::chrono::seconds period;
    Job job;
    asio::steady_timer timer;
    bool hurried = false;  // also while it runs: then it runs once more
  };

  asio::awaitable<void> keep_doing(Chore& chore);

  TaskGroup& tasks_;
  asio::strand<asio::any_io_executor> strand_;
  std::deque<Chore> chores_;
  bool stopping_ = false;  // on the strand
};

}  // namespace gantry::app
