#pragma once
// OpenAPI 3.1 of all declared operations.

#include "base/json.h"
#include "dispatch/routes.h"

namespace gantry::dispatch {

// `base` is the path under which the server answers, with a slash at its end.
json::object to_openapi(const Routes& routes, std::string_view version,
                        std::string_view base = "/");

}  // namespace gantry::dispatch
