#pragma once
// Where the bytes of uploaded files are. Every call blocks: only from the ComputePool.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/ids.h"

namespace gantry::domain {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

class FileStorage {
 public:
  virtual ~FileStorage() = default;
  // All bytes are on disk, or nothing is. Errors: StorageFull, StorageFailed.
  virtual Result<void> put(const UploadId& id, std::string_view bytes) = 0;
  // Errors: NotFound, StorageFailed.
  virtual Result<std::string> read(const UploadId& id, ByteRange range) = 0;
  // Idempotent.
  virtual void remove(const UploadId& id) = 0;
};

}  // namespace gantry::domain
