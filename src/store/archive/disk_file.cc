#include "store/archive/disk_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/error_codes.h"

namespace gantry::store::archive {
namespace {

std::string_view remedy_for(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return "free some space on the disk";
    case EACCES:
    case EPERM:
    case EROFS:
      return "make it accessible for this user, or choose another place";
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
      return "check the path";
    default:
      return "check the disk and the system's log";
  }
}

}  // namespace

Error disk_failure(const std::string& path, int code) {
  return failure(path + ": " + std::strerror(code) + "; " + std::string(remedy_for(code)));
}

Result<DiskFile> DiskFile::create(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return disk_failure(path, errno);
  return DiskFile(path, fd);
}

Result<DiskFile> DiskFile::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return disk_failure(path, errno);
  return DiskFile(path, fd);
}

DiskFile::~DiskFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> DiskFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return disk_failure(path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Done{};
}

Result<std::size_t> DiskFile::read(std::string& out) {
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::read(fd_, out.data() + have, out.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_failure(path_, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Result<std::uint64_t> DiskFile::size() const {
  struct stat about {};
  if (::fstat(fd_, &about) != 0) return disk_failure(path_, errno);
  if (S_ISDIR(about.st_mode)) return disk_failure(path_, EISDIR);
  return static_cast<std::uint64_t>(about.st_size);
}

Result<void> DiskFile::sync() {
  if (::fsync(fd_) != 0) return disk_failure(path_, errno);
  return Done{};
}

Result<void> sync_directory(const std::string& path) {
  TRY(DiskFile directory, DiskFile::open(path));
  return directory.sync();
}

Result<void> rename_synced(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return disk_failure(to, errno);
  return sync_directory(parent_of(to));
}

std::string parent_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace gantry::store::archive
