#pragma once
// What a fault of SQLite means for who starts a program or gives a command on a database.

#include <string>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace gantry::store::sqlite {

bool is_damage(const StoreFault& fault);

// Names the path and the remedy: StorageFailed when the file is damaged, Unavailable when the work
// was stopped, else Failure.
Error to_error(const StoreFault& fault, const std::string& path);

}  // namespace gantry::store::sqlite
