#pragma once
// The error of a list parameter (sort, fields, query) whose text cannot be read. All three carry
// the caller's text and the same details.

#include <string_view>

#include "base/error.h"

namespace gantry::wire {

// At most this much of the caller's text is repeated in an error.
constexpr std::size_t kEchoedBytesMax = 1024;

// `Invalid <name> parameter provided: "<raw>"`, details {"helperMethod":"parseJsonQuery"}.
Error invalid_list_parameter(ErrorCode code, std::string_view name, std::string_view raw,
                             Place at = Place::current());

}  // namespace gantry::wire
