#pragma once
// The version of this program, for --version, /api/info and the OpenAPI description.

#include <string_view>

namespace gantry::app {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace gantry::app
