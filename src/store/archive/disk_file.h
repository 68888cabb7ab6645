#pragma once
// Files and directories of the administrator's commands. Every call blocks. Errors are Failure and
// name the path and the remedy.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace gantry::store::archive {

inline constexpr std::size_t kPieceBytes = 256 * 1024;

// For what the system says of a path in `errno`.
Error disk_failure(const std::string& path, int code);

class DiskFile {
 public:
  static Result<DiskFile> create(const std::string& path);  // empties one that is there
  static Result<DiskFile> open(const std::string& path);    // for reading

  DiskFile(DiskFile&& other) noexcept
      : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  DiskFile& operator=(DiskFile&&) = delete;
  ~DiskFile();

  Result<void> write(std::string_view bytes);
  // Fills `out` from its beginning as far as there is something; gives how much.
  Result<std::size_t> read(std::string& out);
  Result<std::uint64_t> size() const;
  Result<void> sync();

 private:
  DiskFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  int fd_;
};

// Names in it, and what they lead to, are on disk then.
Result<void> sync_directory(const std::string& path);
Result<void> rename_synced(const std::string& from, const std::string& to);
// The directory that holds the path: "." for a bare name.
std::string parent_of(const std::string& path);

}  // namespace gantry::store::archive
