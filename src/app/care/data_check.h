#pragma once
// `gantry check`: looks for damage in a data directory and changes nothing. A server may run on it.

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace gantry::app {

// What may change while it is looked at.
enum class DataUse { Idle, ServerRuns };

// Blocks. Gives what was looked at and, under "findings", what is wrong. Errors: Failure, naming
// the path and the remedy.
Result<json::object> check_data(const std::string& data, DataUse use);

// Files of the uploads' directory that the database does not know, and that no upload under way is
// about to make known. Errors: those of the database.
Result<std::vector<std::string>> list_orphans(const std::string& data, DataUse use);

}  // namespace gantry::app
