#include "integrations/script/worker/empty_root.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace gantry::integrations::script {
namespace {

constexpr int kNamespaces = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS;
constexpr unsigned long kHarmless = MS_NOSUID | MS_NODEV | MS_NOEXEC;
// Any directory does, it only has to be there.
constexpr char kStage[] = "/tmp";

std::string refused(const char* what) {
  return std::string(what) + ": " + std::strerror(errno);
}

// Root needs no user namespace for the others, where there are none for users.
bool enter_namespaces() {
  return unshare(CLONE_NEWUSER | kNamespaces) == 0 || unshare(kNamespaces) == 0;
}

void drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  syscall(SYS_capset, &header, none.data());
}

std::string empty_root() {
  // What is mounted here is seen nowhere else.
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return refused("mounts");
  if (mount("none", kStage, "tmpfs", kHarmless, "size=4k,nr_inodes=2,mode=555") != 0) {
    return refused("tmpfs");
  }
  if (chdir(kStage) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
      umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) {
    return refused("root");
  }
  if (mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | kHarmless, nullptr) != 0) {
    return refused("read-only root");
  }
  return {};
}

}  // namespace

std::string leave_the_machine() {
  std::string why = enter_namespaces() ? empty_root() : refused("namespaces");
  drop_capabilities();
  // A change of credentials may have taken these back.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return why;
}

}  // namespace gantry::integrations::script
