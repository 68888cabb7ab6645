#pragma once
// The payload of outgoing webhooks, by event. Source: contract "integrations" 9. Members are in
// the order in which receivers see them.

#include "base/json.h"
#include "domain/directory.h"
#include "domain/event.h"
#include "domain/integration.h"

namespace gantry::wire {

// What an event says besides the integration's own words.
struct HookFacts {
  domain::HookEvent event = domain::HookEvent::SendMessage;
  std::shared_ptr<const domain::Room> room;        // absent: userCreated
  std::shared_ptr<const domain::User> user;        // who did it; absent: not an account any more
  std::shared_ptr<const domain::Message> message;  // of message and file events
  bool edited = false;
  Time happened_at;
  std::string site_url;
};

json::object to_hook_payload(const HookFacts& facts, const domain::Directory& directory,
                             const std::optional<std::string>& token,
                             std::string_view trigger_word);

}  // namespace gantry::wire
