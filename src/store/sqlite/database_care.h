#pragma once
// What the administrator's commands do with a whole database file, each on a connection of its own.
// They block. Errors name the path and the remedy: StorageFailed when the database is damaged,
// Unavailable once `stop` is set, else Failure.

#include <atomic>
#include <string>
#include <vector>

#include "base/result.h"

namespace gantry::store::sqlite {

// Writes the state of this moment, without what was deleted, into a new file that is not synced.
// Others write and read meanwhile; the log grows by what they write.
Result<void> copy_database(const std::string& from, const std::string& to,
                           const std::atomic<bool>& stop);

// Writes the database anew in its place, so that nothing that was deleted is left in its pages, and
// empties the log. Nobody else may write meanwhile.
Result<void> compact_database(const std::string& path, const std::atomic<bool>& stop);

// The number of the newest migration that the database has seen.
Result<int> version_of(const std::string& path);

}  // namespace gantry::store::sqlite
