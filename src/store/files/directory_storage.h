#pragma once
// Uploaded files in one directory, written under another name, synced and then renamed. Safe from
// any thread that may block.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "domain/file_storage.h"

namespace gantry::store::files {

class DirectoryStorage final : public domain::FileStorage {
 public:
  // The directory must be there. Removes what a crash left half written.
  explicit DirectoryStorage(std::string directory);

  Result<void> put(const domain::UploadId& id, std::string_view bytes) override;
  Result<std::string> read(const domain::UploadId& id, domain::ByteRange range) override;
  void remove(const domain::UploadId& id) override;

  // While what this gives lives, removed files stay, so that a backup finds the files that its copy
  // of the database names. They go with the last holder, or, after a crash, by `gantry compact`.
  // The storage outlives it.
  std::shared_ptr<void> hold_removals();

 private:
  std::string path_of(const domain::UploadId& id) const;
  void release_removals();

  const std::string directory_;
  std::mutex mutex_;
  std::size_t holders_ = 0;
  std::vector<std::string> held_;  // paths
};

}  // namespace gantry::store::files
