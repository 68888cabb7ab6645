#pragma once
// Rooms, their members and counters in the protocol's form. Never in it: the join code.
// Source: contract "resources" A.2.

#include "base/json.h"
#include "domain/room_reader.h"
#include "domain/room_role_service.h"

namespace gantry::wire {

// Without what changes with every message: msgs, lm, lastMessage.
json::object to_json(const domain::Room& room, const domain::Directory& directory);
json::object to_json(const domain::RoomView& view, const domain::Directory& directory);

// The letter of the protocol: c, p, d.
std::string_view to_text(domain::RoomType type);

// An account as a row of a list of members.
json::object to_member_json(const domain::User& user);

json::object to_json(const domain::RoomCounters& counters);

// {_id, rid, u, roles}
json::object to_json(const domain::RoleHolder& holder, const domain::RoomId& room);

}  // namespace gantry::wire
