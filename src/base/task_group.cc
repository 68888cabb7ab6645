#include "base/task_group.h"

#include "base/log.h"

namespace gantry {

TaskGroup::~TaskGroup() {
  join();
}

void TaskGroup::spawn(std::string name, asio::awaitable<void> task) {
  spawn_on(executor_, std::move(name), std::move(task));
}

void TaskGroup::spawn_on(asio::any_io_executor executor, std::string name,
                         asio::awaitable<void> task) {
  running_.fetch_add(1);
  asio::co_spawn(executor, std::move(task),
                 [this, name = std::move(name)](std::exception_ptr failure) {
                   finished(name, std::move(failure));
                 });
}

void TaskGroup::finished(const std::string& name, std::exception_ptr failure) {
  if (failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& fault) {
      log::error("task failed", {{"task", name}, {"fault", fault.what()}});
    }
  }
  const std::lock_guard lock(mutex_);
  if (running_.fetch_sub(1) == 1) idle_.notify_all();
}

void TaskGroup::join() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return running_.load() == 0; });
}

}  // namespace gantry
