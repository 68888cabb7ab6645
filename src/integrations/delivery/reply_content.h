#pragma once
// How the body of a target's reply is seen: by scripts and by the engine. Source: contract
// "integrations" 11.2.

#include "base/json.h"
#include "egress/http_client.h"

namespace gantry::integrations {

// The parsed JSON when the reply says that it is JSON and it is an object or array; else the text.
json::value content_of(const egress::HttpReply& reply);

// The `response` argument of process_outgoing_response.
json::object response_json(const egress::HttpReply& reply);

}  // namespace gantry::integrations
