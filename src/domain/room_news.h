#pragma once
// What a member has not seen yet, worked out from the read mark and the room's newest message.

#include "domain/store.h"

namespace gantry::domain {

// Whether somebody else wrote the newest message, at `since` or later. Who wrote it himself has
// seen the ones before.
bool has_news(const Tx& tx, const Subscription& subscription, const RoomActivity& activity,
              Time since);

// A closed direct room comes back with the next message of the other side; no message writes that
// down, so whoever changes a closed subscription settles it first.
bool is_open(const Tx& tx, const Subscription& subscription, const Room& room);

}  // namespace gantry::domain
