#include "domain/record_access.h"

#include "domain/room_access.h"

namespace gantry::domain {

bool may_read_bodies(const Directory& directory, const User& user, const RoomId& room_id) {
  if (room_id.empty()) return true;
  const auto room = directory.find_room(room_id);
  return room && can_access(directory, user, *room);
}

}  // namespace gantry::domain
