#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "acts.h"

namespace gantry::sandbox {

namespace {

char buffer[4096];
iovec part{buffer, 1};
constexpr char kNowhere[] = "/tmp/gantry-no-such-folder/file";

template <class... Arguments>
std::string call(long number, Arguments... arguments) {
  return said(syscall(number, arguments...));
}

std::string open_path(const char* path, int flags) {
  return call(SYS_openat, AT_FDCWD, path, flags, 0600);
}

constexpr Act kActs[] = {
#ifdef SYS_open
    {"open /etc/passwd to read", [] { return call(SYS_open, "/etc/passwd", O_RDONLY); }},
    {"open /etc/passwd to write", [] { return call(SYS_open, "/etc/passwd", O_WRONLY); }},
    {"creat", [] { return call(SYS_creat, kNowhere, 0600); }},
    {"stat", [] { return call(SYS_stat, "/etc/passwd", buffer); }},
    {"access", [] { return call(SYS_access, "/etc/passwd", R_OK); }},
    {"readlink", [] { return call(SYS_readlink, "/proc/self/exe", buffer, sizeof buffer); }},
    {"unlink", [] { return call(SYS_unlink, kNowhere); }},
    {"rename", [] { return call(SYS_rename, kNowhere, kNowhere); }},
    {"mkdir", [] { return call(SYS_mkdir, kNowhere, 0700); }},
    {"link", [] { return call(SYS_link, kNowhere, kNowhere); }},
    {"symlink", [] { return call(SYS_symlink, "x", kNowhere); }},
    {"chmod", [] { return call(SYS_chmod, kNowhere, 0600); }},
    {"chown", [] { return call(SYS_chown, kNowhere, 0, 0); }},
    {"mknod", [] { return call(SYS_mknod, kNowhere, S_IFIFO, 0); }},
#endif
    {"openat /etc/passwd to read", [] { return open_path("/etc/passwd", O_RDONLY); }},
    {"openat /etc/passwd to write", [] { return open_path("/etc/passwd", O_WRONLY); }},
    {"openat /tmp to read", [] { return open_path("/tmp", O_RDONLY | O_DIRECTORY); }},
    {"openat a new file in /tmp", [] { return open_path("/tmp", O_TMPFILE | O_RDWR); }},
    {"openat /proc/self/mem", [] { return open_path("/proc/self/mem", O_RDWR); }},
    {"openat /proc/self/environ", [] { return open_path("/proc/self/environ", O_RDONLY); }},
    {"openat /proc/self/maps", [] { return open_path("/proc/self/maps", O_RDONLY); }},
    {"openat /dev/tty", [] { return open_path("/dev/tty", O_RDWR); }},
    {"openat2",
     [] {
       open_how how{};
       return call(SYS_openat2, AT_FDCWD, "/etc/passwd", &how, sizeof how);
     }},
    {"open_by_handle_at", [] { return call(SYS_open_by_handle_at, AT_FDCWD, nullptr, O_RDONLY); }},
    {"newfstatat", [] { return call(SYS_newfstatat, AT_FDCWD, "/etc/passwd", buffer, 0); }},
    {"statx", [] { return call(SYS_statx, AT_FDCWD, "/etc/passwd", 0, STATX_SIZE, buffer); }},
    {"statfs", [] { return call(SYS_statfs, "/", buffer); }},
    {"getcwd", [] { return call(SYS_getcwd, buffer, sizeof buffer); }},
    {"chdir", [] { return call(SYS_chdir, "/"); }},
    {"getdents64", [] { return call(SYS_getdents64, 0, buffer, sizeof buffer); }},
    {"readlinkat",
     [] { return call(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", buffer, sizeof buffer); }},
    {"unlinkat", [] { return call(SYS_unlinkat, AT_FDCWD, kNowhere, 0); }},
    {"renameat2", [] { return call(SYS_renameat2, AT_FDCWD, kNowhere, AT_FDCWD, kNowhere, 0); }},
    {"mkdirat", [] { return call(SYS_mkdirat, AT_FDCWD, kNowhere, 0700); }},
    {"mknodat", [] { return call(SYS_mknodat, AT_FDCWD, kNowhere, S_IFIFO, 0); }},
    {"fchmodat", [] { return call(SYS_fchmodat, AT_FDCWD, kNowhere, 0600); }},
    {"utimensat", [] { return call(SYS_utimensat, AT_FDCWD, kNowhere, nullptr, 0); }},
    {"truncate", [] { return call(SYS_truncate, kNowhere, 0); }},
    {"getxattr", [] { return call(SYS_getxattr, kNowhere, "user.x", buffer, 1); }},
    {"inotify_init1", [] { return call(SYS_inotify_init1, 0); }},
    {"fanotify_init", [] { return call(SYS_fanotify_init, 0, 0); }},
    {"close", [] { return call(SYS_close, 1023); }},
    {"close_range", [] { return call(SYS_close_range, 1000, 1023, 0); }},
    {"dup", [] { return call(SYS_dup, worker_socket); }},
    {"dup3", [] { return call(SYS_dup3, worker_socket, 9, 0); }},
    {"fcntl", [] { return call(SYS_fcntl, worker_socket, F_GETFL); }},
    {"ioctl", [] { return call(SYS_ioctl, worker_socket, 0x541b, buffer); }},
    {"pipe2", [] { return call(SYS_pipe2, buffer, 0); }},
    {"eventfd2", [] { return call(SYS_eventfd2, 0, 0); }},
    {"epoll_create1", [] { return call(SYS_epoll_create1, 0); }},
    {"signalfd4", [] { return call(SYS_signalfd4, -1, buffer, 8, 0); }},
    {"timerfd_create", [] { return call(SYS_timerfd_create, 1, 0); }},
    {"ppoll", [] { return call(SYS_ppoll, nullptr, 0, buffer, nullptr, 0); }},
    {"write to standard output", [] { return call(SYS_write, 1, buffer, 0); }},
    {"write to standard error", [] { return call(SYS_write, 2, buffer, 0); }},
    {"write to the image", [] { return call(SYS_write, image_file, buffer, 0); }},
    {"writev", [] { return call(SYS_writev, 2, &part, 1); }},
    {"pwrite64", [] { return call(SYS_pwrite64, image_file, buffer, 0, 0); }},
    {"pread64", [] { return call(SYS_pread64, image_file, buffer, 1, 0); }},
    {"readv", [] { return call(SYS_readv, image_file, &part, 1); }},
    {"lseek", [] { return call(SYS_lseek, image_file, 0, SEEK_SET); }},
    {"ftruncate", [] { return call(SYS_ftruncate, -1, 0); }},
    {"fallocate", [] { return call(SYS_fallocate, -1, 0, 0, 1); }},
    {"fstat", [] { return call(SYS_fstat, image_file, buffer); }},
    {"sendfile", [] { return call(SYS_sendfile, worker_socket, image_file, nullptr, 0); }},
    {"splice", [] { return call(SYS_splice, image_file, nullptr, worker_socket, nullptr, 0, 0); }},
    {"copy_file_range", [] { return call(SYS_copy_file_range, -1, nullptr, -1, nullptr, 0, 0); }},
};

}  // namespace

std::span<const Act> file_acts() {
  return kActs;
}

}  // namespace gantry::sandbox
