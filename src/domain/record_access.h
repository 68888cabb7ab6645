#pragma once
// To whom the records of webhooks give what was said: not only to who may see the integration, but
// to who also reads the room where it was said. Reads the directory only; safe from any thread.

#include "domain/directory.h"

namespace gantry::domain {

// An event without a room is for all who see the integration; what was said in a room that is gone
// is for nobody.
bool may_read_bodies(const Directory& directory, const User& user, const RoomId& room);

}  // namespace gantry::domain
