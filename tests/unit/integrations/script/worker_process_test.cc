// A real worker, looked at from outside. What its confinement forbids is tried out in
// tests/sandbox.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "integrations/script/worker_spawner.h"

namespace gantry::integrations::script {
namespace {

constexpr int kStartMsMax = 60'000;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kConfined = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
// The sanitizer's runtime needs what the sandbox takes.
constexpr bool kConfined = false;
#else
constexpr bool kConfined = true;
#endif
#else
constexpr bool kConfined = true;
#endif

class WorkerProcessTest : public testing::Test {
 protected:
  WorkerProcessTest() {
    setenv("GANTRY_WORKER_SECRET", "not for scripts", 1);
    std::promise<WorkerSpawner::Spawned> started;
    spawner_.spawn([&](WorkerSpawner::Spawned spawned) { started.set_value(spawned); });
    worker_ = started.get_future().get();
    // It greets when it is confined.
    pollfd greeting{worker_.file, POLLIN, 0};
    EXPECT_EQ(poll(&greeting, 1, kStartMsMax), 1);
  }

  ~WorkerProcessTest() override {
    unsetenv("GANTRY_WORKER_SECRET");
    hang_up();
    if (worker_.pid > 0) spawner_.bury(worker_.pid);
  }

  void hang_up() {
    if (worker_.file >= 0) close(worker_.file);
    worker_.file = -1;
  }

  std::string path(const std::string& name) const {
    return "/proc/" + std::to_string(worker_.pid) + "/" + name;
  }

  std::string status(const std::string& key) const {
    std::ifstream in(path("status"));
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with(key + ":"))
        return line.substr(line.find_first_not_of(":\t ", key.size()));
    }
    return "(absent)";
  }

  rlim_t limit(__rlimit_resource resource) const {
    rlimit found{};
    EXPECT_EQ(prlimit(worker_.pid, resource, nullptr, &found), 0);
    EXPECT_EQ(found.rlim_cur, found.rlim_max) << "it could be raised again";
    return found.rlim_max;
  }

  WorkerSpawner spawner_;
  WorkerSpawner::Spawned worker_;
};

TEST_F(WorkerProcessTest, is_filtered_and_cannot_gain_privileges) {
  EXPECT_EQ(status("NoNewPrivs"), "1");
  EXPECT_EQ(status("Threads"), "1");
  EXPECT_EQ(status("Seccomp"), kConfined ? "2" : "0");
  EXPECT_EQ(status("Seccomp_filters"), kConfined ? "1" : "0");
}

TEST_F(WorkerProcessTest, has_limits_that_cannot_be_raised) {
  if (!kConfined) {
    EXPECT_EQ(status("Seccomp"), "0");
    return;
  }
  const std::map<__rlimit_resource, rlim_t> expected = {
      {RLIMIT_FSIZE, 0}, {RLIMIT_CORE, 0}, {RLIMIT_NPROC, 0}, {RLIMIT_NOFILE, 0}};
  for (const auto& [resource, value] : expected) EXPECT_EQ(limit(resource), value) << resource;
  EXPECT_EQ(limit(RLIMIT_DATA), (rlim_t{512} * 48 + 512) << 20);
  EXPECT_EQ(limit(RLIMIT_AS), rlim_t{516} * ((rlim_t{8} << 30) + 65536) + (rlim_t{2} << 30));
  EXPECT_LE(limit(RLIMIT_STACK), rlim_t{64} << 20);
}

// Whoever has no power over all processes may not look into a worker at all, even as its own user.
TEST_F(WorkerProcessTest, has_its_socket_its_images_and_nothing_else_open) {
  std::error_code refused;
  std::multiset<std::string> open;
  for (std::filesystem::directory_iterator at(path("fd"), refused), end; !refused && at != end;
       at.increment(refused)) {
    const std::string target = std::filesystem::read_symlink(at->path(), refused).string();
    open.insert(at->path().filename().string() + " " + target.substr(0, target.find('[')));
  }
  if (refused) {
    EXPECT_EQ(refused, std::errc::permission_denied);
    return;
  }
  const std::string image = "/memfd:gantry-script-image (deleted)";
  EXPECT_EQ(open, (std::multiset<std::string>{"0 " + image, "1 " + image, "3 socket:"}));
}

TEST_F(WorkerProcessTest, has_nothing_of_the_environment_but_the_time_zone) {
  std::ifstream in(path("environ"), std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(in), {}};
  const char* const zone = std::getenv("TZ");
  const std::string expected = zone ? std::string("TZ=") + zone + '\0' : "";
  EXPECT_TRUE(found.empty() || found == expected) << found;
}

TEST_F(WorkerProcessTest, ends_without_a_forbidden_call_when_the_server_goes) {
  hang_up();
  int ended = 0;
  ASSERT_EQ(waitpid(worker_.pid, &ended, 0), worker_.pid);
  worker_.pid = -1;
  EXPECT_TRUE(WIFEXITED(ended)) << "signal " << WTERMSIG(ended);
  EXPECT_EQ(WEXITSTATUS(ended), 0);
}

}  // namespace
}  // namespace gantry::integrations::script
