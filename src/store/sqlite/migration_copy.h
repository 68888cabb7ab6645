#pragma once
// The copy that is kept of a database before a newer program changes its tables:
// gantry.db.version-4 beside gantry.db holds it as version 4 left it. The newest few are kept.

#include <string>
#include <vector>

#include "base/result.h"

namespace gantry::store::sqlite {

inline constexpr std::size_t kMigrationCopiesMax = 2;

// Blocks. Errors: Failure and StorageFailed, naming the path and the remedy.
Result<void> copy_before_migration(const std::string& path, int version);

// Paths of the copies of this database, the oldest version first.
std::vector<std::string> list_migration_copies(const std::string& path);

}  // namespace gantry::store::sqlite
