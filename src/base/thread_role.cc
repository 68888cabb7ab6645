#include "base/thread_role.h"

#include <pthread.h>
#include <sched.h>

namespace gantry {

void enter_thread(const char* name, ThreadRole role) {
  pthread_setname_np(pthread_self(), name);
  // A system that refuses this only runs it sooner than it need be.
  const sched_param usual{};
  pthread_setschedparam(pthread_self(), role == ThreadRole::Background ? SCHED_BATCH : SCHED_OTHER,
                        &usual);
}

void step_aside(pid_t process) {
  const sched_param usual{};
  sched_setscheduler(process, SCHED_IDLE, &usual);
}

bool come_forward(pid_t process) {
  const sched_param usual{};
  return sched_setscheduler(process, SCHED_BATCH, &usual) == 0;
}

}  // namespace gantry
