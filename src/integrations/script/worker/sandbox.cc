#include "integrations/script/worker/sandbox.h"

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "integrations/script/worker/empty_root.h"
#include "integrations/script/worker/linear_memory.h"

namespace gantry::integrations::script {

namespace {

// Deep recursion of a script uses the native stack too.
constexpr rlim_t kStackBytes = rlim_t{64} << 20;
// What the process needs beside the scripts' memories.
constexpr rlim_t kOwnAddressBytes = rlim_t{2} << 30;
constexpr rlim_t kOwnDataBytes = rlim_t{512} << 20;
// Mapped, not resident: what is resident the server watches.
constexpr rlim_t kStateDataBytes = rlim_t{48} << 20;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

void set_limit(__rlimit_resource resource, rlim_t value, const char* name) {
  const rlimit both{value, value};
  if (setrlimit(resource, &both) != 0) {
    throw std::runtime_error(std::string("cannot limit ") + name + " of a script worker");
  }
}

void check(int result, const char* what) {
  if (result != 0) throw std::runtime_error(std::string("cannot ") + what + " in a script worker");
}

// Everything that computing, memory, the clock and the one socket need; the rest ends the process.
constexpr int kAllowedCalls[] = {
    SCMP_SYS(read),          SCMP_SYS(recvfrom),       SCMP_SYS(sendto),
    SCMP_SYS(munmap),        SCMP_SYS(mremap),         SCMP_SYS(brk),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),   SCMP_SYS(timer_settime),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),     SCMP_SYS(restart_syscall),
    SCMP_SYS(getrandom),     SCMP_SYS(futex),
};

void allow_only_known_calls() {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter) throw std::runtime_error("no memory for a script worker's filter");
  int failed = 0;
  for (const int call : kAllowedCalls) {
    failed |= seccomp_rule_add_exact(filter, SCMP_ACT_ALLOW, call, 0);
  }
  const auto allow_if = [&](int call, const scmp_arg_cmp& condition) {
    failed |= seccomp_rule_add_exact_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
  };
  // Memory may be mapped and changed, but nothing can be made executable: what is written is data.
  const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  allow_if(SCMP_SYS(mmap), not_executable);
  allow_if(SCMP_SYS(mprotect), not_executable);
  // Giving pages back. Other advice reaches beyond the process: a worker of root could take pages
  // from the whole machine.
  allow_if(SCMP_SYS(madvise), {2, SCMP_CMP_EQ, MADV_DONTNEED, 0});
  if (!failed) failed = seccomp_load(filter);
  seccomp_release(filter);
  check(failed, "install the system call filter");
}

}  // namespace

void prepare_process(int keep_file) {
  check(prctl(PR_SET_PDEATHSIG, SIGKILL), "die with the server");
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up privileges");
  check(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "forbid dumps");
  // Signals to the whole group are for the server, which ends its workers when it is ready.
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  const rlimit stack{kStackBytes, kStackBytes};
  setrlimit(RLIMIT_STACK, &stack);  // a lower hard limit only means less recursion
  const auto keep = static_cast<unsigned>(keep_file);
  if (keep > 0) close_range(0, keep - 1, 0);
  close_range(keep + 1, ~0u, 0);
}

std::string confine_process(std::size_t states_max) {
  // The sanitizers' runtime needs addresses, files and calls of its own.
  if constexpr (kSanitized) return "the address sanitizer";
  std::string kept = leave_the_machine();
  set_limit(RLIMIT_AS, (states_max + 4) * kReservedBytes + kOwnAddressBytes, "addresses");
  set_limit(RLIMIT_DATA, states_max * kStateDataBytes + kOwnDataBytes, "memory");
  set_limit(RLIMIT_FSIZE, 0, "files");
  set_limit(RLIMIT_CORE, 0, "core files");
  set_limit(RLIMIT_NPROC, 0, "processes");
  set_limit(RLIMIT_NOFILE, 0, "open files");
  allow_only_known_calls();
  return kept;
}

}  // namespace gantry::integrations::script
