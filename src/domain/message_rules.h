#pragma once
// Who may change and remove which messages, and for how long.

#include "domain/directory.h"
#include "domain/message.h"

namespace gantry::domain {

// Errors: ActionNotAllowed, MessageEditingBlocked.
Result<void> check_may_edit(const Directory& directory, const User& user, const Message& message,
                            Time now);

// Errors: ActionNotAllowed, RoomIsReadOnly.
Result<void> check_may_remove(const Directory& directory, const User& user, const Room& room,
                              const Message& message, Time now);

}  // namespace gantry::domain
