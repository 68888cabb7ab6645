#include <csignal>

#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "acts.h"

namespace gantry::sandbox {

namespace {

alignas(64) char stack[65536];
char buffer[256];
iovec part{buffer, 1};
// Asked for before the confinement, because asking is one of the acts.
const pid_t kSelf = getpid();
const pid_t kParent = getppid();

template <class... Arguments>
std::string call(long number, Arguments... arguments) {
  return said(syscall(number, arguments...));
}

int end_thread(void*) {
  syscall(SYS_exit, 0);
  return 0;
}

std::string clone_with(int flags) {
  return said(clone(&end_thread, stack + sizeof stack, flags, nullptr));
}

// In the child of an allowed fork nothing more may happen.
std::string fork_by(long number, long flags) {
  const long pid = syscall(number, flags, 0, 0, 0, 0);
  if (pid == 0) _exit(0);
  return said(pid);
}

constexpr Act kActs[] = {
#ifdef SYS_fork
    {"fork", [] { return fork_by(SYS_fork, 0); }},
#endif
    {"clone a process", [] { return fork_by(SYS_clone, SIGCHLD); }},
    {"clone a thread",
     [] { return clone_with(CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FS | CLONE_FILES); }},
    {"clone as vfork does", [] { return clone_with(CLONE_VM | CLONE_VFORK | SIGCHLD); }},
    {"clone3", [] { return call(SYS_clone3, buffer, 0); }},
    {"execve", [] { return call(SYS_execve, "/no/such/program", nullptr, nullptr); }},
    {"execveat", [] { return call(SYS_execveat, image_file, "", nullptr, nullptr, 0); }},
    {"wait4", [] { return call(SYS_wait4, -1, nullptr, 0, nullptr); }},
    {"ptrace itself", [] { return call(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr); }},
    {"ptrace the parent", [] { return call(SYS_ptrace, PTRACE_PEEKDATA, kParent, 0, buffer); }},
    {"kill the parent", [] { return call(SYS_kill, kParent, 0); }},
    {"kill all", [] { return call(SYS_kill, -1, 0); }},
    {"kill itself", [] { return call(SYS_kill, kSelf, 0); }},
    {"tkill", [] { return call(SYS_tkill, kParent, 0); }},
    {"tgkill", [] { return call(SYS_tgkill, kParent, kParent, 0); }},
    {"rt_sigqueueinfo", [] { return call(SYS_rt_sigqueueinfo, kParent, 0, nullptr); }},
    {"pidfd_open", [] { return call(SYS_pidfd_open, kParent, 0); }},
    {"pidfd_getfd", [] { return call(SYS_pidfd_getfd, -1, 0, 0); }},
    {"pidfd_send_signal", [] { return call(SYS_pidfd_send_signal, -1, 0, nullptr, 0); }},
    {"process_vm_readv", [] { return call(SYS_process_vm_readv, kParent, &part, 1, &part, 1, 0); }},
    {"process_vm_writev", [] { return call(SYS_process_vm_writev, kSelf, &part, 0, &part, 0, 0); }},
    {"process_madvise", [] { return call(SYS_process_madvise, -1, &part, 0, 0, 0); }},
    {"kcmp", [] { return call(SYS_kcmp, kSelf, kParent, 0, 0, 0); }},
    {"setsid", [] { return call(SYS_setsid); }},
    {"setpgid", [] { return call(SYS_setpgid, 0, 0); }},
    {"getpid", [] { return call(SYS_getpid); }},
    {"getppid", [] { return call(SYS_getppid); }},
    {"sched_setaffinity", [] { return call(SYS_sched_setaffinity, 0, 0, nullptr); }},
    {"sched_setscheduler", [] { return call(SYS_sched_setscheduler, kSelf, 99, nullptr); }},
    {"setpriority", [] { return call(SYS_setpriority, 9, 0, 0); }},
    {"ioprio_set", [] { return call(SYS_ioprio_set, 9, 0, 0); }},
    {"nanosleep", [] { return call(SYS_nanosleep, buffer, nullptr); }},
    {"rt_sigaction", [] { return call(SYS_rt_sigaction, SIGSYS, nullptr, nullptr, 8); }},
    {"timer_create", [] { return call(SYS_timer_create, 99, nullptr, nullptr); }},
    {"setitimer", [] { return call(SYS_setitimer, 99, nullptr, nullptr); }},
    {"membarrier", [] { return call(SYS_membarrier, 0, 0, 0); }},
};

}  // namespace

std::span<const Act> process_acts() {
  return kActs;
}

}  // namespace gantry::sandbox
