#pragma once
// Dates that requests give as text.

#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace gantry::api {

// Nothing when the text is empty. Errors: InvalidParams, which names the parameter.
Result<std::optional<Time>> read_date(std::string_view name, std::string_view text);

}  // namespace gantry::api
