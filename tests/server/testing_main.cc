// The server of the tests: the same program with a clock that the control socket can move.

#include <atomic>
#include <exception>
#include <iostream>
#include <string_view>

#include "app/command_line.h"

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
  server->add_command("advance-clock", std::bind_front(&Controls::advance_clock, g_controls.get()));
  return server;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return gantry::app::run_command_line(argc, argv, open_server);
  } catch (const std::exception& fault) {
    std::cerr << "gantry-testing: " << fault.what() << std::endl;
    return 1;
  }
}
