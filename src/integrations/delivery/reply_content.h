#pragma once
// How a target's reply is seen: by scripts and by the engine. Source: contract "integrations" 11.2
// and 12.

#include <optional>

#include "base/json.h"
#include "egress/http_client.h"

namespace gantry::integrations {

// The reply as text that JSON can hold: without a byte order mark, and with U+FFFD for what is not
// UTF-8, in the body and in the headers.
egress::HttpReply to_text(egress::HttpReply reply);

// At most so many bytes of the text, cut between characters.
std::string_view first_bytes(std::string_view text, std::size_t bytes_max);

// The parsed JSON when the reply says that it is JSON and it is an object or array; else the text.
json::value content_of(const egress::HttpReply& reply);

// Whether the target took the delivery.
bool is_success(const egress::HttpReply& reply);
// What a reply wants posted: JSON with a text or attachments.
std::optional<json::object> message_in(const egress::HttpReply& reply);

// The `response` argument of process_outgoing_response.
json::object response_json(const egress::HttpReply& reply);

}  // namespace gantry::integrations
