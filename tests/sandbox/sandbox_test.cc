// The whole table of what a confined worker can do and cannot. Every act has a process of its own,
// started by the real spawner and confined by the real sandbox.

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <future>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "integrations/script/worker_spawner.h"

namespace gantry::sandbox {
namespace {

using integrations::script::WorkerSpawner;

constexpr int kAnswerMsMax = 30'000;
constexpr char kKilled[] = "killed by SIGSYS";

// What is not killed but answered, or ends in another way. All other acts are killed.
const std::map<std::string, std::string>& outcomes() {
  static const std::map<std::string, std::string> kOutcomes = {
      // The image, which a worker maps for each new state, and the socket.
      {"descriptors", "0 3 "},
      {"environment", "TZ=Europe/Berlin\n"},
      {"send on the socket", "ok"},
      {"receive on the socket", "EAGAIN"},
      {"send to standard output", "EBADF"},
      {"send to standard error", "EBADF"},
      {"send to another address", "EISCONN"},
      {"map the image", "ok"},
      {"grow a script's memory", "ok"},
      {"give memory back", "ok"},
      {"unmap memory", "ok"},
      {"allocate", "ok"},
      {"ask for chance", "ok"},
      {"ask for the time", "ok"},
      {"ask for the time in the old way", "ok"},
      {"ask for the computing time", "ok"},
      {"block signals", "ok"},
      {"ask for the signal stack", "ok"},
      {"wake a waiter", "ok"},
      {"be stopped by the timer", "ok"},
      {"exceed the addresses", "ENOMEM after 516"},
      {"exceed the memory", "ENOMEM after 97"},
      {"exceed the stack", "killed by SIGSEGV"},
      {"mmap the image to change it for all", "EPERM"},
  };
  return kOutcomes;
}

// Without the list, in namespaces of its own.
const std::map<std::string, std::string>& isolated_outcomes() {
  static const std::map<std::string, std::string> kOutcomes = {
      {"isolated: list the root", "nothing"},
      {"isolated: read /etc/passwd", "ENOENT"},
      {"isolated: climb out of the root", "ENOENT"},
      {"isolated: read /proc/self/status", "ENOENT"},
      {"isolated: a device", "ENOENT"},
      {"isolated: a nameless file in the root", "EROFS"},
      {"isolated: reach loopback", "ENETUNREACH"},
      {"isolated: capabilities", "none"},
  };
  return kOutcomes;
}

enum class Confined { No, Yes, NamespacesAlone };

// One probe process.
class Probe {
 public:
  Probe(WorkerSpawner& spawner, Confined confined) {
    std::promise<WorkerSpawner::Spawned> started;
    spawner.spawn([&](WorkerSpawner::Spawned spawned) { started.set_value(spawned); });
    spawned_ = started.get_future().get();
    if (confined == Confined::NamespacesAlone) {
      not_isolated_ = tell("isolate");
    } else {
      EXPECT_EQ(tell(confined == Confined::Yes ? "confine" : "do not"), "ready");
    }
  }
  ~Probe() {
    if (spawned_.file >= 0) close(spawned_.file);
    if (spawned_.pid > 0) end();
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  // Why it has no namespaces of its own; empty when it has.
  const std::string& not_isolated() const { return not_isolated_; }

  // What it answers, or how it ended.
  std::string tell(const std::string& act) {
    if (send(spawned_.file, act.data(), act.size(), MSG_NOSIGNAL) < 0) return "gone";
    std::string answer;
    char part[4096];
    while (!answer.ends_with('\0')) {
      pollfd wanted{spawned_.file, POLLIN, 0};
      if (poll(&wanted, 1, kAnswerMsMax) <= 0) return "no answer";
      const ssize_t got = recv(spawned_.file, part, sizeof part, 0);
      if (got <= 0) return how_it_ended();
      answer.append(part, static_cast<std::size_t>(got));
    }
    answer.pop_back();
    return answer;
  }

 private:
  std::string how_it_ended() {
    int status = 0;
    while (waitpid(spawned_.pid, &status, 0) < 0 && errno == EINTR) {
    }
    spawned_.pid = -1;
    if (!WIFSIGNALED(status)) return "ended with " + std::to_string(WEXITSTATUS(status));
    return std::string("killed by SIG") + sigabbrev_np(WTERMSIG(status));
  }

  void end() {
    kill(spawned_.pid, SIGKILL);
    how_it_ended();
  }

  WorkerSpawner::Spawned spawned_;
  std::string not_isolated_;
};

// Whether this machine gives whoever runs the test the namespaces that a worker asks for.
bool gives_namespaces() {
  const pid_t child = fork();
  if (child == 0) {
    constexpr int kWanted = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS;
    _exit(unshare(CLONE_NEWUSER | kWanted) == 0 || unshare(kWanted) == 0 ? 0 : 1);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class SandboxTest : public ::testing::Test {
 protected:
  SandboxTest() {
    setenv("TZ", "Europe/Berlin", 1);
    setenv("GANTRY_SANDBOX_SECRET", "not for scripts", 1);
  }

  std::set<std::string> acts() {
    std::istringstream lines(Probe(spawner_, Confined::No).tell("list"));
    std::set<std::string> names;
    for (std::string line; std::getline(lines, line);) names.insert(line);
    return names;
  }

  std::string outcome(const std::string& act, Confined confined) {
    return Probe(spawner_, confined).tell(act);
  }

  WorkerSpawner spawner_;
};

TEST_F(SandboxTest, each_act_ends_exactly_as_the_table_says) {
  const std::set<std::string> all = acts();
  EXPECT_GE(all.size(), 200U);
  for (const auto& [act, expected] : outcomes()) EXPECT_TRUE(all.contains(act)) << act;
  for (const std::string& act : all) {
    const auto row = outcomes().find(act);
    const std::string expected = row == outcomes().end() ? kKilled : row->second;
    EXPECT_EQ(outcome(act, Confined::Yes), expected) << act;
  }
}

// Without it, acts could seem forbidden that would end a process anyway.
TEST_F(SandboxTest, nothing_is_killed_without_the_sandbox) {
  for (const std::string& act : acts()) {
    if (act.starts_with("exceed")) continue;
    const std::string found = outcome(act, Confined::No);
    // A kernel without the other calling conventions ends who uses them.
    if (act == "a call as on i386" && found == "killed by SIGSEGV") continue;
    EXPECT_FALSE(found.starts_with("killed")) << act << ": " << found;
  }
}

// The filter is one wall, these are another: each is tried without the other.
TEST_F(SandboxTest, in_its_namespaces_there_is_nothing_to_reach) {
  if (!gives_namespaces()) {
    EXPECT_TRUE(
        Probe(spawner_, Confined::NamespacesAlone).not_isolated().starts_with("namespaces"));
    return;
  }
  for (const auto& [act, expected] : isolated_outcomes()) {
    Probe probe(spawner_, Confined::NamespacesAlone);
    EXPECT_EQ(probe.not_isolated(), "");
    EXPECT_EQ(probe.tell(act), expected) << act;
  }
}

TEST_F(SandboxTest, what_is_not_there_in_its_namespaces_is_there_outside) {
  for (const auto& [act, expected] : isolated_outcomes()) {
    // Whoever runs the test may have no capabilities either.
    if (act == "isolated: capabilities") continue;
    EXPECT_NE(outcome(act, Confined::No), expected) << act;
  }
}

TEST_F(SandboxTest, one_forbidden_act_ends_all) {
  Probe probe(spawner_, Confined::Yes);
  EXPECT_EQ(probe.tell("ask for the time"), "ok");
  EXPECT_EQ(probe.tell("openat /etc/passwd to read"), kKilled);
}

}  // namespace
}  // namespace gantry::sandbox
