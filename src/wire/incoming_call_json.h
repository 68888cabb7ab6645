#pragma once
// The records of incoming calls as the API shows them; ours alone.

#include "base/json.h"
#include "domain/incoming_call_service.h"

namespace gantry::wire {

json::object to_summary_json(const domain::LoggedCall& logged);
// With what came, what the script did and what was answered.
json::object to_json(const domain::LoggedCall& logged);

}  // namespace gantry::wire
