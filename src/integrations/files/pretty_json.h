#pragma once
// JSON as people and version control like it: a member or item a line, two spaces deep, and a line
// break at the end. Equal values give equal texts.

#include <string>

#include "base/json.h"

namespace gantry::integrations {

std::string to_pretty_json(const json::value& value);

}  // namespace gantry::integrations
