#pragma once
// The versions of a script as the API shows them; ours alone.

#include "base/json.h"
#include "domain/script_version.h"

namespace gantry::wire {

// Without the text.
json::object to_summary_json(const domain::ScriptVersion& version);
json::object to_json(const domain::ScriptVersion& version);

}  // namespace gantry::wire
