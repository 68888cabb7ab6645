#include "store/files/directory_storage.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "domain/error_codes.h"

namespace gantry::store::files {
namespace {

constexpr std::string_view kUnfinished = ".part";

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

Error storage_error(int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return Error(full ? ErrorCode::StorageFull : ErrorCode::StorageFailed)
      .with_cause(std::strerror(code));
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return storage_error(errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Done{};
}

Result<void> write_synced(const std::string& path, std::string_view bytes) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.is_open()) return storage_error(errno);
  TRY_DO(write_all(file.get(), bytes));
  if (::fsync(file.get()) != 0) return storage_error(errno);
  return Done{};
}

Result<void> rename_synced(const std::string& from, const std::string& to,
                           const std::string& directory) {
  if (::rename(from.c_str(), to.c_str()) != 0) return storage_error(errno);
  const Descriptor parent(directory, O_RDONLY | O_DIRECTORY);
  if (!parent.is_open() || ::fsync(parent.get()) != 0) return storage_error(errno);
  return Done{};
}

}  // namespace

DirectoryStorage::DirectoryStorage(std::string directory) : directory_(std::move(directory)) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, ignored)) {
    if (entry.path().extension() == kUnfinished) std::filesystem::remove(entry.path(), ignored);
  }
}

std::string DirectoryStorage::path_of(const domain::UploadId& id) const {
  // Ids are made by this server, but a path is only ever built from letters and digits.
  const bool plain = !id.empty() && std::all_of(id.text.begin(), id.text.end(), [](char c) {
    return kIdAlphabet.find(c) != std::string_view::npos;
  });
  return plain ? directory_ + "/" + id.text : std::string();
}

Result<void> DirectoryStorage::put(const domain::UploadId& id, std::string_view bytes) {
  const std::string path = path_of(id);
  if (path.empty()) return ErrorCode::StorageFailed;
  const std::string unfinished = path + std::string(kUnfinished);
  Result<void> done = write_synced(unfinished, bytes);
  if (done) done = rename_synced(unfinished, path, directory_);
  if (!done) ::unlink(unfinished.c_str());
  return done;
}

Result<std::string> DirectoryStorage::read(const domain::UploadId& id, domain::ByteRange range) {
  const std::string path = path_of(id);
  if (path.empty()) return ErrorCode::NotFound;
  const Descriptor file(path, O_RDONLY);
  if (!file.is_open()) return errno == ENOENT ? Error(ErrorCode::NotFound) : storage_error(errno);
  std::string out(range.count, '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::pread(file.get(), out.data() + have, out.size() - have,
                                static_cast<off_t>(range.first + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return storage_error(errno);
    if (got == 0)
      return Error(ErrorCode::StorageFailed).with_cause("the file is shorter than it was");
    have += static_cast<std::size_t>(got);
  }
  return out;
}

void DirectoryStorage::remove(const domain::UploadId& id) {
  const std::string path = path_of(id);
  if (path.empty()) return;
  const std::lock_guard lock(mutex_);
  if (holders_ > 0) {
    held_.push_back(path);
  } else {
    ::unlink(path.c_str());
  }
}

std::shared_ptr<void> DirectoryStorage::hold_removals() {
  const std::lock_guard lock(mutex_);
  ++holders_;
  return {this, [](void* storage) { static_cast<DirectoryStorage*>(storage)->release_removals(); }};
}

void DirectoryStorage::release_removals() {
  const std::lock_guard lock(mutex_);
  if (--holders_ > 0) return;
  for (const std::string& path : held_) ::unlink(path.c_str());
  held_.clear();
}

}  // namespace gantry::store::files
