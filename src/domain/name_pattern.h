#pragma once
// Names of rooms and accounts against the workspace's own patterns. Safe from any thread.

#include <string_view>

namespace gantry::domain {

// Whether the whole name fits the expression. An expression that does not compile, or that cannot
// decide within its limits, fits nothing.
bool fits_name_pattern(std::string_view pattern, std::string_view name);

// Whether the expression says something and compiles.
bool is_name_pattern(std::string_view pattern);

}  // namespace gantry::domain
