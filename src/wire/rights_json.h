#pragma once
// Roles and permissions in the protocol's form. Source: contract "rest" 16.

#include "base/json.h"
#include "domain/permission.h"

namespace gantry::wire {

// {_id, name, scope, description, mandatory2fa, protected}.
json::object to_json(const domain::Role& role);

// {_id, roles, _updatedAt}.
json::object to_json(const domain::Grant& grant);

}  // namespace gantry::wire
