// The server of the tests: the same program with a clock that the control socket can move, a disk
// that it can make fail, and a death that it can choose. From the start:
//   GANTRY_TESTING_DISK="write full 0"        the disk fails
//   GANTRY_TESTING_MEMORY=lost                what was not synced dies with the process
//   GANTRY_TESTING_DEATH="sync log 3 7"       the process dies at that call, see lossy_disk.h
//   GANTRY_TESTING_CLOCK_MS=60000             the clock is ahead
//   GANTRY_TESTING_BUG=lost-wake-up           one of seeded_bugs.h

#include <atomic>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "app/command_line.h"
#include "faulty_disk.h"
#include "lossy_disk.h"
#include "seeded_bugs.h"

namespace {

using gantry::Milliseconds;
using gantry::testing::Bug;

std::string environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

std::int64_t number_at(const gantry::json::object& in, std::string_view key) {
  const gantry::json::value* number = gantry::find_member(in, key);
  return number != nullptr && number->is_int64() ? number->get_int64() : 0;
}

class AdjustableClock final : public gantry::Clock {
 public:
  gantry::Time now() const override { return system_.now() + Milliseconds{offset_ms_.load()}; }
  void advance(std::int64_t ms) { offset_ms_.fetch_add(ms); }

 private:
  gantry::SystemClock system_;
  std::atomic<std::int64_t> offset_ms_{0};
};

class Controls {
 public:
  Controls(AdjustableClock& clock, gantry::app::Server& server) : clock_(clock), server_(server) {}

  gantry::Task<gantry::json::object> advance_clock(gantry::json::object in) {
    clock_.advance(number_at(in, "ms"));
    server_.look_at_clock();
    co_return gantry::json::object{{"now", gantry::to_iso(clock_.now())}};
  }

  gantry::Task<gantry::json::object> fail_disk(gantry::json::object in) {
    const std::int64_t times = number_at(in, "times");
    const bool known = gantry::testing::fail_disk(
        gantry::text_of(in, "operation"), gantry::text_of(in, "error"), number_at(in, "after"),
        times > 0 ? times : gantry::testing::kUntilHealed);
    co_return gantry::json::object{{"known", known}};
  }

  gantry::Task<gantry::json::object> heal_disk(gantry::json::object) {
    gantry::testing::heal_disk();
    co_return gantry::json::object{{"failed", gantry::testing::failed_disk_calls()}};
  }

  gantry::Task<gantry::json::object> die_at(gantry::json::object in) {
    const bool known = gantry::testing::die_at(gantry::text_of(in, "operation"),
                                               gantry::text_of(in, "file"), number_at(in, "after"),
                                               static_cast<std::uint64_t>(number_at(in, "seed")));
    co_return gantry::json::object{{"known", known}};
  }

  gantry::Task<gantry::json::object> die(gantry::json::object in) {
    gantry::testing::die_now(static_cast<std::uint64_t>(number_at(in, "seed")));
    co_return gantry::json::object{};
  }

 private:
  AdjustableClock& clock_;
  gantry::app::Server& server_;
};

std::unique_ptr<Controls> g_controls;

gantry::Result<std::unique_ptr<gantry::app::Server>> open_server(gantry::app::Config config) {
  auto clock = std::make_unique<AdjustableClock>();
  AdjustableClock& moved = *clock;
  moved.advance(std::atoll(environment("GANTRY_TESTING_CLOCK_MS").c_str()));
  gantry::app::Seams seams;
  seams.clock = std::move(clock);
  if (const auto bug = gantry::testing::find_bug(environment("GANTRY_TESTING_BUG"))) {
    if (*bug == Bug::AckBeforeSync) gantry::testing::lie_about_syncs();
    seams.before_store = [bug](gantry::domain::Store& store) {
      return gantry::testing::with_bug(store, *bug);
    };
    seams.before_scheduler = [bug](gantry::domain::EventFollower& scheduler) {
      return gantry::testing::with_bug(scheduler, *bug);
    };
  }
  TRY(auto server, gantry::app::Server::open(std::move(config), std::move(seams)));
  g_controls = std::make_unique<Controls>(moved, *server);
  Controls* const controls = g_controls.get();
  server->add_command("advance-clock", std::bind_front(&Controls::advance_clock, controls));
  server->add_command("fail-disk", std::bind_front(&Controls::fail_disk, controls));
  server->add_command("heal-disk", std::bind_front(&Controls::heal_disk, controls));
  server->add_command("die-at", std::bind_front(&Controls::die_at, controls));
  server->add_command("die", std::bind_front(&Controls::die, controls));
  return server;
}

// False when a variable says something unknown.
bool set_up_disk() {
  const bool forgets = environment("GANTRY_TESTING_MEMORY") == "lost";
  gantry::testing::install_lossy_disk(forgets ? gantry::testing::Memory::Lost
                                              : gantry::testing::Memory::Kept);
  gantry::testing::install_faulty_disk();
  std::string operation;
  std::string subject;
  std::int64_t after = 0;
  std::uint64_t seed = 0;
  bool known = true;
  std::istringstream death(environment("GANTRY_TESTING_DEATH"));
  if (death >> operation >> subject >> after >> seed) {
    known = gantry::testing::die_at(operation, subject, after, seed);
  }
  std::istringstream fault(environment("GANTRY_TESTING_DISK"));
  if (fault >> operation >> subject >> after) {
    known = known &&
            gantry::testing::fail_disk(operation, subject, after, gantry::testing::kUntilHealed);
  }
  const std::string bug = environment("GANTRY_TESTING_BUG");
  return known && (bug.empty() || gantry::testing::find_bug(bug));
}

}  // namespace

int main(int argc, char** argv) {
  if (!set_up_disk()) {
    std::cerr << "gantry-testing: a GANTRY_TESTING_ variable has an unknown word; the variables "
                 "are described in tests/server/testing_main.cc"
              << std::endl;
    return 2;
  }
  try {
    return gantry::app::run_command_line(argc, argv, open_server);
  } catch (const std::exception& fault) {
    std::cerr << "gantry-testing: " << fault.what() << std::endl;
    return 1;
  }
}
