#pragma once
// A call of an incoming webhook, tried: script, answer and messages as they would be. The checks
// of the address, the verification and the idempotency key are not made.

#include "domain/context.h"
#include "integrations/incoming/hook_call.h"
#include "integrations/trial/trial_run.h"

namespace gantry::integrations {

// Sets `answer`, `messages` and what `run` reports.
Task<json::object> try_incoming(const domain::Context& context, TrialRun& run, HookCall call);

}  // namespace gantry::integrations
