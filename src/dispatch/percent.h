#pragma once
// Percent decoding of path segments; a malformed escape stays as it is.

#include <string>
#include <string_view>

namespace gantry::dispatch {

std::string percent_decode(std::string_view text);

}  // namespace gantry::dispatch
