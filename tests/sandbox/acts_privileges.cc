#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "acts.h"

namespace gantry::sandbox {

namespace {

char buffer[4096];
const uid_t kUser = getuid();
const gid_t kGroup = getgid();

template <class... Arguments>
std::string call(long number, Arguments... arguments) {
  return said(syscall(number, arguments...));
}

#if defined(__x86_64__)
// getpid by the doors of the other two calling conventions.
std::string call_as_i386() {
  long result = 20;
  asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
  return result > 0 ? "ok" : "ENOSYS";
}
std::string call_as_x32() {
  return call(0x40000000L | SYS_getpid);
}
#endif

constexpr Act kActs[] = {
    {"prctl to be dumpable", [] { return call(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0); }},
    {"prctl to gain privileges", [] { return call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0); }},
    {"prctl to outlive the server", [] { return call(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0); }},
    {"prctl to change the filter", [] { return call(SYS_prctl, PR_SET_SECCOMP, 9, 0, 0, 0); }},
    {"prctl to read capabilities", [] { return call(SYS_prctl, PR_CAPBSET_READ, 0, 0, 0, 0); }},
    {"seccomp", [] { return call(SYS_seccomp, 9, 0, nullptr); }},
    {"setrlimit upward",
     [] {
       const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
       return call(SYS_setrlimit, RLIMIT_AS, &all);
     }},
    {"prlimit64 upward",
     [] {
       const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
       return call(SYS_prlimit64, 0, RLIMIT_NOFILE, &all, nullptr);
     }},
    {"getrlimit", [] { return call(SYS_getrlimit, RLIMIT_AS, buffer); }},
    {"setuid", [] { return call(SYS_setuid, kUser); }},
    {"setgid", [] { return call(SYS_setgid, kGroup); }},
    {"setresuid", [] { return call(SYS_setresuid, kUser, kUser, kUser); }},
    {"setresgid", [] { return call(SYS_setresgid, kGroup, kGroup, kGroup); }},
    {"setgroups", [] { return call(SYS_setgroups, -1, nullptr); }},
    {"setfsuid", [] { return call(SYS_setfsuid, kUser); }},
    {"getuid", [] { return call(SYS_getuid); }},
    {"capget", [] { return call(SYS_capget, buffer, nullptr); }},
    {"capset", [] { return call(SYS_capset, buffer, nullptr); }},
    {"unshare", [] { return call(SYS_unshare, CLONE_NEWUSER); }},
    {"setns", [] { return call(SYS_setns, -1, 0); }},
    {"chroot", [] { return call(SYS_chroot, "/"); }},
    {"pivot_root", [] { return call(SYS_pivot_root, "/no/such", "/no/such"); }},
    {"mount", [] { return call(SYS_mount, "x", "/no/such", "tmpfs", 0, nullptr); }},
    {"umount2", [] { return call(SYS_umount2, "/no/such", 0); }},
    {"open_tree", [] { return call(SYS_open_tree, -1, "/no/such", 0); }},
    {"fsopen", [] { return call(SYS_fsopen, "no-such-kind", 0); }},
    {"personality", [] { return call(SYS_personality, 0xffffffffUL); }},
    {"keyctl", [] { return call(SYS_keyctl, 9999, 0, 0, 0, 0); }},
    {"add_key", [] { return call(SYS_add_key, "no-such-kind", "x", nullptr, 0, -3); }},
    {"request_key", [] { return call(SYS_request_key, "no-such-kind", "x", nullptr, 0); }},
    {"shmget", [] { return call(SYS_shmget, 1, 0, 0); }},
    {"shmat", [] { return call(SYS_shmat, -1, nullptr, 0); }},
    {"semget", [] { return call(SYS_semget, 1, 0, 0); }},
    {"msgget", [] { return call(SYS_msgget, 1, 0); }},
    {"mq_open", [] { return call(SYS_mq_open, "no-such-queue", 0, 0, nullptr); }},
    {"userfaultfd", [] { return call(SYS_userfaultfd, 0xffff0000UL); }},
    {"io_uring_setup", [] { return call(SYS_io_uring_setup, 0, nullptr); }},
    {"io_uring_enter", [] { return call(SYS_io_uring_enter, -1, 0, 0, 0, nullptr, 0); }},
    {"perf_event_open", [] { return call(SYS_perf_event_open, nullptr, 0, -1, -1, 0); }},
    {"bpf", [] { return call(SYS_bpf, 9999, nullptr, 0); }},
    {"init_module", [] { return call(SYS_init_module, nullptr, 0, ""); }},
    {"finit_module", [] { return call(SYS_finit_module, -1, "", 0); }},
    {"kexec_load", [] { return call(SYS_kexec_load, 0, 9999, nullptr, 0xffffUL); }},
    {"reboot", [] { return call(SYS_reboot, 0, 0, 0, nullptr); }},
    {"swapon", [] { return call(SYS_swapon, nullptr, 0); }},
    {"sethostname", [] { return call(SYS_sethostname, "", -1); }},
    {"clock_settime", [] { return call(SYS_clock_settime, 99, nullptr); }},
    {"adjtimex", [] { return call(SYS_adjtimex, nullptr); }},
    {"syslog", [] { return call(SYS_syslog, 10, nullptr, 0); }},
    {"sysinfo", [] { return call(SYS_sysinfo, buffer); }},
    {"uname", [] { return call(SYS_uname, buffer); }},
    {"getrusage", [] { return call(SYS_getrusage, 0, buffer); }},
    {"getcpu", [] { return call(SYS_getcpu, buffer, nullptr, nullptr); }},
    {"landlock_create_ruleset", [] { return call(SYS_landlock_create_ruleset, nullptr, 0, 1); }},
    {"a call that no kernel has", [] { return call(9999); }},
#if defined(__x86_64__)
    {"arch_prctl", [] { return call(SYS_arch_prctl, 0x9999, 0); }},
    {"iopl", [] { return call(SYS_iopl, 9); }},
    {"ioperm", [] { return call(SYS_ioperm, 0, 0, 0); }},
    {"modify_ldt", [] { return call(SYS_modify_ldt, 99, nullptr, 0); }},
    {"a call as on i386", &call_as_i386},
    {"a call as on x32", &call_as_x32},
#endif
};

}  // namespace

std::span<const Act> privilege_acts() {
  return kActs;
}

}  // namespace gantry::sandbox
