#pragma once
// Who may see a room, and how a request names one. Reads the directory only; safe from any thread.
// Source: contract "rest" 16.1.

#include <memory>
#include <string_view>

#include "domain/directory.h"

namespace gantry::domain {

// Members; for public channels holders of view-c-room; for discussions whoever may see the parent.
// Being an administrator opens nothing by itself.
bool can_access(const Directory& directory, const User& user, const Room& room);
// The same of an account and a room that the view knows.
bool can_access(const Directory::View& view, UserNumber user, RoomNumber room);

// By id, or by exact name when no id is given; a blank id or name counts as not given.
std::shared_ptr<const Room> find_room(const Directory& directory, std::string_view room_id,
                                      std::string_view room_name);

// Whether the text has nothing but spaces.
bool is_blank(std::string_view text);

}  // namespace gantry::domain
