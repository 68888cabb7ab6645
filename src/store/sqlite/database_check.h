#pragma once
// Looks for damage in a database file without changing it: the engine's own checks, and what the
// rows of deliveries and of their attempts say of each other. Blocks; a server may go on writing.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/ids.h"

namespace gantry::store::sqlite {

// Of one kind; the others are only counted.
inline constexpr std::size_t kFindingsShownMax = 20;

struct Finding {
  std::string kind;  // one word for programs
  std::string text;  // for people, with the remedy
};

struct StoredUpload {
  domain::UploadId id;
  std::int64_t bytes = 0;
};

struct DatabaseCheck {
  int version = 0;
  std::int64_t messages = 0;
  std::int64_t deliveries = 0;
  std::vector<StoredUpload> uploads;
  std::vector<Finding> findings;
};

// What of the database is asked for beside its uploads.
enum class CheckDepth { Integrity, Everything };

// Errors: Failure, when the database cannot be read; that it is damaged is a finding.
Result<DatabaseCheck> check_database(const std::string& path, CheckDepth depth);

// What the database says of uploaded files. Errors: Failure, StorageFailed.
Result<std::vector<StoredUpload>> list_stored_uploads(const std::string& path);

}  // namespace gantry::store::sqlite
