#pragma once
// `gantry restore`: a backup becomes a data directory. All of it is read and checked before any of
// it stands in its place.

#include "base/json.h"
#include "base/result.h"

namespace gantry::app {

// Blocks. Errors: Failure, naming the path and the remedy; StorageFailed when the backup is
// damaged. After an error the directory is as empty as before.
Result<json::object> restore_backup(const std::string& file, const std::string& data);

}  // namespace gantry::app
