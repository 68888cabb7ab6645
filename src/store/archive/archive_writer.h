#pragma once
// Writes one archive: under another name first, under its own when all of it is on disk. One that
// was not finished is removed. Blocks; belongs to one thread.

#include <atomic>
#include <vector>

#include "base/time.h"
#include "store/archive/disk_file.h"

namespace gantry::store::archive {

struct ArchivedFile {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;  // in hex
};

class ArchiveWriter {
 public:
  // Where an archive of this path is written before it is finished.
  static std::string unfinished_path(const std::string& path) { return path + ".part"; }

  // Errors of all: Failure, naming the path.
  static Result<ArchiveWriter> create(const std::string& path, Time now);
  ArchiveWriter(ArchiveWriter&& other) noexcept = default;
  ArchiveWriter& operator=(ArchiveWriter&&) = delete;
  ~ArchiveWriter();

  Result<void> add(const std::string& name, std::string_view bytes);
  // As much of it as it held at the beginning. Unavailable once `stop` is set.
  Result<void> add_file(const std::string& name, const std::string& source,
                        const std::atomic<bool>& stop);
  // What was added so far.
  const std::vector<ArchivedFile>& files() const { return files_; }
  // Gives the size of the whole.
  Result<std::uint64_t> finish();

 private:
  ArchiveWriter(std::string path, Time now, DiskFile file)
      : path_(std::move(path)), now_(now), file_(std::move(file)) {}

  Result<void> begin(const std::string& name, std::uint64_t bytes);
  Result<void> end(const std::string& name, std::uint64_t bytes, std::string sha256);

  std::string path_;  // empty when it was moved from or is finished
  Time now_;
  DiskFile file_;
  std::vector<ArchivedFile> files_;
};

}  // namespace gantry::store::archive
