#pragma once
// Compares what a running server has in memory with its database.

#include "base/json.h"
#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::app {

// Gives findings as `gantry check` shows them. Between two commits, so that both are of the same
// moment: writes wait meanwhile.
Task<json::array> check_directory(domain::Store& store, const domain::Directory& directory);

}  // namespace gantry::app
