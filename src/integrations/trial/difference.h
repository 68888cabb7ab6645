#pragma once
// Where two JSON values differ, as JSON Pointers (RFC 6901).

#include <string>
#include <vector>

#include "base/json.h"

namespace gantry::integrations {

// More are not listed.
inline constexpr std::size_t kDifferencesMax = 500;

// Paths to the innermost values that differ or that only one of them has, in the order of the
// first; at most kDifferencesMax.
std::vector<std::string> differing_paths(const json::value& one, const json::value& other);

}  // namespace gantry::integrations
