#pragma once
// The body that chat.postMessage takes and that incoming webhooks receive: what it posts and where.
// Source: contract "integrations" 8.

#include <string>
#include <vector>

#include "base/json.h"
#include "domain/posting.h"

namespace gantry::wire {

struct PostPayload {
  domain::MessageDraft draft;  // its fault says what cannot be posted
  std::vector<std::string> targets;
};

// Never fails by itself: what is wrong with the payload is told by posting, after what is wrong
// with the target. A payload's `bot` is kept; who posts for an integration sets posted_by, which
// wins.
PostPayload read_post_payload(const json::object& payload,
                              const domain::PostDefaults& defaults = {});

// `channel`, else `roomId`, else the default list; each target once.
std::vector<std::string> targets_of(const json::object& payload,
                                    const std::vector<std::string>& defaults);

// Whether each target is to succeed or fail on its own.
domain::Separate separate_of(const json::object& payload);

// The message object of chat.sendMessage, less its room: its text is kept as it is, and it may name
// its id. `previewed_urls` is the list beside the object, or null.
// Errors: Failure with "Match error: ..." for an id, a thread or a text that is not a text.
Result<domain::MessageDraft> read_message_object(const json::object& message,
                                                 const json::value* previewed_urls);

}  // namespace gantry::wire
