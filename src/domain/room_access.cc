#include "domain/room_access.h"

namespace gantry::domain {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool can_access(const Directory& directory, const User& user, const Room& room) {
  if (directory.is_member(user.id, room.id)) return true;
  if (room.type == RoomType::Channel && directory.has_permission(user, Permission::ViewCRoom)) {
    return true;
  }
  if (!room.is_discussion()) return false;
  // A discussion has no discussions below it, so the parent is asked without its own parent.
  const auto parent = directory.find_room(room.parent);
  return parent && (directory.is_member(user.id, parent->id) ||
                    (parent->type == RoomType::Channel &&
                     directory.has_permission(user, Permission::ViewCRoom)));
}

std::shared_ptr<const Room> find_room(const Directory& directory, std::string_view room_id,
                                      std::string_view room_name) {
  if (!is_blank(room_id)) return directory.find_room(RoomId{room_id});
  if (!is_blank(room_name)) return directory.find_room_by_name(room_name);
  return nullptr;
}

}  // namespace gantry::domain
