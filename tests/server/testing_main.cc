// The server of the tests: the same program with a clock that the control socket can move and a
// disk that it can make fail. GANTRY_TESTING_DISK="write full 0" lets the disk fail from the start.

#include <atomic>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "app/command_line.h"
#include "faulty_disk.h"

namespace {

using gantry::Milliseconds;

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
    const gantry::json::value* ms = gantry::find_member(in, "ms");
    clock_.advance(ms != nullptr && ms->is_int64() ? ms->get_int64() : 0);
    server_.look_at_clock();
    co_return gantry::json::object{{"now", gantry::to_iso(clock_.now())}};
  }

  gantry::Task<gantry::json::object> fail_disk(gantry::json::object in) {
    const gantry::json::value* after = gantry::find_member(in, "after");
    const bool known =
        gantry::testing::fail_disk(gantry::text_of(in, "operation"), gantry::text_of(in, "error"),
                                   after != nullptr && after->is_int64() ? after->get_int64() : 0);
    co_return gantry::json::object{{"known", known}};
  }

  gantry::Task<gantry::json::object> heal_disk(gantry::json::object) {
    gantry::testing::heal_disk();
    co_return gantry::json::object{{"failed", gantry::testing::failed_disk_calls()}};
  }

 private:
  AdjustableClock& clock_;
  gantry::app::Server& server_;
};

std::unique_ptr<Controls> g_controls;

gantry::Result<std::unique_ptr<gantry::app::Server>> open_server(gantry::app::Config config) {
  auto clock = std::make_unique<AdjustableClock>();
  AdjustableClock& moved = *clock;
  TRY(auto server, gantry::app::Server::open(std::move(config), {std::move(clock)}));
  g_controls = std::make_unique<Controls>(moved, *server);
  Controls* const controls = g_controls.get();
  server->add_command("advance-clock", std::bind_front(&Controls::advance_clock, controls));
  server->add_command("fail-disk", std::bind_front(&Controls::fail_disk, controls));
  server->add_command("heal-disk", std::bind_front(&Controls::heal_disk, controls));
  return server;
}

bool set_up_disk() {
  gantry::testing::install_faulty_disk();
  const char* wish = std::getenv("GANTRY_TESTING_DISK");
  if (wish == nullptr) return true;
  std::istringstream words(wish);
  std::string operation;
  std::string error;
  std::int64_t after = 0;
  words >> operation >> error >> after;
  return gantry::testing::fail_disk(operation, error, after);
}

}  // namespace

int main(int argc, char** argv) {
  if (!set_up_disk()) {
    std::cerr << "gantry-testing: GANTRY_TESTING_DISK wants \"write full 0\" and the like"
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
