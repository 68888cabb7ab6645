#pragma once
// Integrations and their delivery history in the protocol's form. Source: contract "integrations"
// 1 and 15.

#include "base/json.h"
#include "domain/delivery.h"
#include "domain/integration.h"

namespace gantry::wire {

// When the key scriptError is there: only after a failed compile, or whenever scriptEnabled is
// set, "" meaning that the script compiles (the getIntegrations routes).
enum class ScriptErrorKey { OnFailure, WheneverEnabled };

json::object to_json(const domain::Integration& integration, ScriptErrorKey key);

json::object to_json(const domain::HistoryEntry& entry);

// The copy of an integration that history keeps: without token and scripts.
json::object to_history_copy(const domain::Integration& integration);

}  // namespace gantry::wire
