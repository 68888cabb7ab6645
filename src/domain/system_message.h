#pragma once
// Messages that the server itself writes into a room: joined, renamed, archived and so on.

#include <string>
#include <string_view>

#include "domain/store.h"

namespace gantry::domain {

UserRef to_ref(const User& user);

// Inserts the message, counts it in the room and records MessageSent; who follows that event tells
// system messages by their type. The room's last message stays what it is.
// Errors: those of the recorders.
Result<Message> add_system_message(Tx& tx, const Room& room, const UserRef& author,
                                   std::string_view type, std::string text, Time now,
                                   std::string role = {});

}  // namespace gantry::domain
