#pragma once
// Uploaded files in one directory, written under another name, synced and then renamed. Holds no
// state; safe from any thread that may block.

#include <string>

#include "domain/file_storage.h"

namespace gantry::store::files {

class DirectoryStorage final : public domain::FileStorage {
 public:
  // The directory must be there. Removes what a crash left half written.
  explicit DirectoryStorage(std::string directory);

  Result<void> put(const domain::UploadId& id, std::string_view bytes) override;
  Result<std::string> read(const domain::UploadId& id, domain::ByteRange range) override;
  void remove(const domain::UploadId& id) override;

 private:
  std::string path_of(const domain::UploadId& id) const;

  const std::string directory_;
};

}  // namespace gantry::store::files
