#pragma once
// Forward-only migrations: migrations/NNNN_name.sql, each in a transaction, embedded in the
// binary. The version of a database is PRAGMA user_version.

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace gantry::store::sqlite {

// Brings the database to the newest version. Fails when it is of a newer one than this program.
Result<void> migrate(Connection& connection, const std::string& path);
int newest_version();

}  // namespace gantry::store::sqlite
