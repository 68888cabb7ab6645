#include "integrations/script/worker/cpu_timer.h"

#include <csignal>
#include <stdexcept>

#include "integrations/script/worker/quickjs.h"

namespace gantry::integrations::script {

volatile bool CpuTimer::has_fired = false;

std::uint64_t cpu_now_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

void CpuTimer::on_signal(int) {
  has_fired = true;
  QuickJs::the().leave_from_signal();
}

CpuTimer::CpuTimer() {
  struct sigaction action {};
  action.sa_handler = &CpuTimer::on_signal;
  // The handler may leave by a jump, which must not leave the signal blocked.
  action.sa_flags = SA_NODEFER | SA_RESTART;
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGXCPU;
  if (sigaction(SIGXCPU, &action, nullptr) != 0 ||
      timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer_) != 0) {
    throw std::runtime_error("no CPU timer for the script engine");
  }
}

void CpuTimer::arm(std::uint64_t after_us) {
  has_fired = false;
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(after_us / 1000000);
  when.it_value.tv_nsec = static_cast<long>(after_us % 1000000) * 1000;
  timer_settime(timer_, 0, &when, nullptr);
}

void CpuTimer::disarm() {
  const itimerspec never{};
  timer_settime(timer_, 0, &never, nullptr);
}

}  // namespace gantry::integrations::script
