// What would be within reach if the list of system calls were not there.

#include <array>

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "acts.h"

namespace gantry::sandbox {

namespace {

std::string open_path(const char* path, int flags) {
  return said(syscall(SYS_openat, AT_FDCWD, path, flags, 0600));
}

// What is in the root beside itself.
std::string names_in_root() {
  const long root = syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY, 0);
  if (root < 0) return said(root);
  alignas(dirent64) char entries[4096];
  std::string out;
  for (;;) {
    const long got = syscall(SYS_getdents64, root, entries, sizeof entries);
    if (got <= 0) break;
    for (long at = 0; at < got;) {
      const auto* const entry = reinterpret_cast<const dirent64*>(entries + at);
      const std::string name = entry->d_name;
      if (name != "." && name != "..") out += name + " ";
      at += entry->d_reclen;
    }
  }
  syscall(SYS_close, root);
  return out.empty() ? "nothing" : out;
}

// Of datagrams, so that nobody need listen.
std::string reach_loopback() {
  const int file = static_cast<int>(syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0));
  if (file < 0) return said(file);
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(9);
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string out =
      said(syscall(SYS_connect, file, reinterpret_cast<const sockaddr*>(&there), sizeof there));
  syscall(SYS_close, file);
  return out;
}

std::string capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> held{};
  if (syscall(SYS_capget, &header, held.data()) != 0) return said(-1);
  for (const __user_cap_data_struct& part : held) {
    if (part.effective != 0 || part.permitted != 0 || part.inheritable != 0) return "some";
  }
  return "none";
}

constexpr Act kActs[] = {
    {"isolated: list the root", names_in_root},
    {"isolated: read /etc/passwd", [] { return open_path("/etc/passwd", O_RDONLY); }},
    {"isolated: climb out of the root", [] { return open_path("../../../etc/passwd", O_RDONLY); }},
    {"isolated: read /proc/self/status", [] { return open_path("/proc/self/status", O_RDONLY); }},
    {"isolated: a device", [] { return open_path("/dev/null", O_RDWR); }},
    {"isolated: a nameless file in the root", [] { return open_path("/", O_TMPFILE | O_RDWR); }},
    {"isolated: reach loopback", reach_loopback},
    {"isolated: capabilities", capabilities},
};

}  // namespace

std::span<const Act> isolated_acts() {
  return kActs;
}

}  // namespace gantry::sandbox
