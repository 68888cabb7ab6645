#pragma once
// OpenAPI 3.1 of all declared operations.

#include "base/json.h"
#include "dispatch/routes.h"

namespace gantry::dispatch {

json::object to_openapi(const Routes& routes, std::string_view version);

}  // namespace gantry::dispatch
