#pragma once
// Starts and buries worker processes, on one thread of its own: starting blocks until exec, and a
// worker dies with the thread that started it (PR_SET_PDEATHSIG), so that thread lives as long as
// the pool. Callable from any thread.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include <sys/types.h>

#include "integrations/script/worker_program.h"

namespace gantry::integrations::script {

class WorkerSpawner {
 public:
  WorkerSpawner();
  ~WorkerSpawner();  // after all that was asked for is done

  struct Spawned {
    pid_t pid = -1;  // -1: the system refused
    int file = -1;   // our end of the socket pair, non-blocking
  };
  // `done` is called on the spawner's thread.
  void spawn(std::function<void(Spawned)> done);
  // Kills the process at once and waits for it later.
  void bury(pid_t pid);
  // Blocks until all that was asked for before is done.
  void drain();

 private:
  void run();
  Spawned start_one();
  void add(std::function<void()> job);

  std::optional<WorkerProgram> program_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gantry::integrations::script
