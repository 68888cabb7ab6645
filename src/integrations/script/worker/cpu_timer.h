#pragma once
// CPU time of the one thread of a worker, and a timer that jumps out of the engine when a run has
// used too much. The engine asks should_interrupt() only now and then, a long builtin not at all,
// so the timer is what always holds.

#include <cstdint>
#include <ctime>

namespace gantry::integrations::script {

std::uint64_t cpu_now_us();

class CpuTimer {
 public:
  CpuTimer();  // before the process is confined; throws when there are no timers
  void arm(std::uint64_t after_us);
  void disarm();
  // True after the timer fired while the engine was not running.
  bool fired() const { return has_fired; }

 private:
  static void on_signal(int);
  static volatile bool has_fired;
  timer_t timer_{};
};

}  // namespace gantry::integrations::script
