#include "domain/room_access.h"

namespace gantry::domain {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

namespace {

// Without a look at the parent.
bool opens(const Directory::View& view, UserNumber user, bool sees_channels, RoomNumber number,
           RoomType type) {
  return view.is_member(user, number) || (type == RoomType::Channel && sees_channels);
}

// A discussion has no discussions below it, so the parent is asked without its own parent.
bool parent_opens(const Directory::View& view, UserNumber user, bool sees_channels,
                  const Room& room) {
  const RoomNumber parent = view.find_room(room.parent.text);
  return parent != kNoNumber && opens(view, user, sees_channels, parent, view.type_of(parent));
}

}  // namespace

bool can_access(const Directory& directory, const User& user, const Room& room) {
  const Directory::View view(directory);
  const UserNumber number = view.number_of(user.id);
  const bool sees_channels = holds(view.permissions_of(user.roles), Permission::ViewCRoom);
  return opens(view, number, sees_channels, view.number_of(room.id), room.type) ||
         (room.is_discussion() && parent_opens(view, number, sees_channels, room));
}

bool can_access(const Directory::View& view, UserNumber user, RoomNumber room) {
  const bool sees_channels = holds(view.permissions(user), Permission::ViewCRoom);
  return opens(view, user, sees_channels, room, view.type_of(room)) ||
         (view.is_discussion(room) && parent_opens(view, user, sees_channels, view.room(room)));
}

std::shared_ptr<const Room> find_room(const Directory& directory, std::string_view room_id,
                                      std::string_view room_name) {
  if (!is_blank(room_id)) return directory.find_room(RoomId{room_id});
  if (!is_blank(room_name)) return directory.find_room_by_name(room_name);
  return nullptr;
}

}  // namespace gantry::domain
