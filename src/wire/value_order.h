#pragma once
// The order of JSON values as MongoDB has it: missing and null, numbers, strings, objects, arrays,
// booleans. Strings compare by bytes, objects member by member in the order they are written.
// Pure functions.

#include <compare>

#include "base/json.h"

namespace gantry::wire {

// The place of the value's type in the order; values of different ranks are never equal.
enum class TypeRank { Null, Number, Text, Object, Array, Boolean };
TypeRank rank_of(const json::value& value);

// A null pointer is a missing value, which ranks with null.
std::weak_ordering compare_values(const json::value* a, const json::value* b);
inline std::weak_ordering compare_values(const json::value& a, const json::value& b) {
  return compare_values(&a, &b);
}

}  // namespace gantry::wire
