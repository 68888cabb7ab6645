#pragma once
// A delivery's attempt, tried: the request as it would be sent, and with an answer given for it
// what the script and the engine would make of that.

#include "domain/context.h"
#include "domain/delivery.h"
#include "egress/http_client.h"
#include "integrations/trial/trial_run.h"

namespace gantry::integrations {

// Sets `step` (as integrations.history names it), `request`, `messages`, perhaps `error`, and what
// `run` reports.
Task<json::object> try_outgoing(const domain::Context& context, TrialRun& run,
                                domain::Delivery delivery,
                                std::optional<egress::HttpReply> response);

}  // namespace gantry::integrations
