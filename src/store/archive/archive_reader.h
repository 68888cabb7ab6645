#pragma once
// Reads one archive from its beginning to its end, once. Blocks; belongs to one thread.
// Errors of all: Failure when it cannot be read, StorageFailed when it is damaged; both name it.

#include <functional>
#include <optional>

#include "store/archive/disk_file.h"
#include "store/archive/ustar.h"

namespace gantry::store::archive {

class ArchiveReader {
 public:
  using Take = std::function<Result<void>(std::string_view piece)>;

  static Result<ArchiveReader> open(const std::string& path);

  // The next file; nothing at the end. What was not read of the one before is an error.
  Result<std::optional<UstarHeader>> next();
  // Hands on all of the file that next() gave, and gives its SHA-256 in hex.
  Result<std::string> read(const Take& take);
  // The same, in one piece that is at most so long.
  Result<std::string> read_text(std::size_t bytes_max, std::string* sha256);

  Error damaged(const std::string& what) const;

 private:
  ArchiveReader(std::string path, DiskFile file) : path_(std::move(path)), file_(std::move(file)) {}

  // So many bytes, or an error.
  Result<void> fill(std::string& out);
  Result<void> read_end();

  std::string path_;
  DiskFile file_;
  UstarHeader now_;
  bool unread_ = false;
};

}  // namespace gantry::store::archive
