#include "integrations/script/worker_spawner.h"

#include <csignal>
#include <cstdlib>
#include <future>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/thread_role.h"
#include "integrations/script/script_worker.h"

namespace gantry::integrations::script {

namespace {

// Replies of a few hundred KB then pass without a stop.
constexpr int kSocketBufferBytes = 256 * 1024;

}  // namespace

WorkerSpawner::WorkerSpawner() : thread_([this] { run(); }) {}

WorkerSpawner::~WorkerSpawner() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void WorkerSpawner::add(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void WorkerSpawner::spawn(std::function<void(Spawned)> done) {
  add([this, done = std::move(done)] { done(start_one()); });
}

void WorkerSpawner::bury(pid_t pid) {
  kill(pid, SIGKILL);
  add([pid] {
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  });
}

void WorkerSpawner::drain() {
  std::promise<void> reached;
  add([&reached] { reached.set_value(); });
  reached.get_future().wait();
}

void WorkerSpawner::run() {
  enter_thread("worker-spawner", ThreadRole::Background);
  for (;;) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

WorkerSpawner::Spawned WorkerSpawner::start_one() {
  try {
    if (!program_) program_.emplace();
  } catch (const std::system_error& fault) {
    log::error("script worker not started",
               {{"cause", fault.what()}, {"hint", "look at vm.memfd_noexec"}});
    return {};
  }
  int files[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, files) != 0) {
    log::error("script worker not started", {{"cause", "no socket pair"}});
    return {};
  }
  for (const int file : files) {
    setsockopt(file, SOL_SOCKET, SO_SNDBUF, &kSocketBufferBytes, sizeof kSocketBufferBytes);
  }
  fcntl(files[0], F_SETFL, O_NONBLOCK);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // A descriptor that is already the right one keeps its close-on-exec flag through dup2, except
  // that posix_spawn clears it.
  posix_spawn_file_actions_adddup2(&actions, files[1], kScriptWorkerFile);
  posix_spawn_file_actions_adddup2(&actions, program_->file(), kScriptWorkerProgramFile);
  posix_spawn_file_actions_addclosefrom_np(&actions, kScriptWorkerProgramFile + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

  const std::string program = "/proc/self/fd/" + std::to_string(kScriptWorkerProgramFile);
  char name[] = "gantry-script-worker";
  char* const arguments[] = {name, nullptr};
  // Nothing of the server's environment is a script's business but the time zone.
  const char* const zone = std::getenv("TZ");
  std::string zone_setting = std::string("TZ=") + (zone ? zone : "");
  char* const environment[] = {zone ? zone_setting.data() : nullptr, nullptr};

  Spawned spawned;
  const int failed =
      posix_spawn(&spawned.pid, program.c_str(), &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(files[1]);
  if (failed) {
    close(files[0]);
    log::error("script worker not started", {{"error", failed}});
    return {};
  }
  spawned.file = files[0];
  return spawned;
}

}  // namespace gantry::integrations::script
