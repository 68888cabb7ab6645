#include "api/room_parameters.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "wire/room_json.h"

namespace gantry::api {

Result<UserPtr> get_user(const domain::Directory& directory, const UserKey& key) {
  if (!key.is_given()) return Error(ErrorCode::UserParamNotProvided);
  UserPtr found;
  if (!key.user_id.empty()) {
    found = directory.find_user(domain::UserId{key.user_id});
  } else {
    found = directory.find_user_by_name(key.username.empty() ? key.user : key.username);
  }
  if (!found) {
    return Error(ErrorCode::InvalidUser,
                 "The required \"userId\" or \"username\" param provided does not match any users");
  }
  return found;
}

Result<RoomPtr> get_room(const domain::Directory& directory, const RoomKey& key) {
  if (domain::is_blank(key.room_id) && domain::is_blank(key.room_name)) {
    return Error(ErrorCode::RoomIdParamNotProvided);
  }
  RoomPtr room = domain::find_room(directory, key.room_id, key.room_name);
  if (!room) return Error(ErrorCode::RoomNotFound);
  return room;
}

std::vector<UserPtr> list_members(const domain::Directory& directory, const domain::Room& room) {
  std::vector<UserPtr> out;
  for (const domain::UserId& id : directory.members_of(room.id)) {
    UserPtr user = directory.find_user(id);
    if (user && user->active && user->type != "app") out.push_back(std::move(user));
  }
  std::sort(out.begin(), out.end(),
            [](const UserPtr& a, const UserPtr& b) { return a->username < b->username; });
  return out;
}

std::vector<json::object> member_rows(const domain::Directory& directory, const domain::Room& room,
                                      const MemberFilter& filter) {
  const std::string wanted = domain::to_lower(filter.text);
  const auto has_text = [&](const std::string& text) {
    return domain::to_lower(text).find(wanted) != std::string::npos;
  };
  std::vector<json::object> rows;
  for (const UserPtr& user : list_members(directory, room)) {
    if (!wanted.empty() && !has_text(user->username) && !has_text(user->name)) continue;
    json::object row = wire::to_member_json(*user);
    const auto& statuses = filter.statuses;
    if (!statuses.empty() &&
        std::find(statuses.begin(), statuses.end(), text_of(row, "status")) == statuses.end()) {
      continue;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace gantry::api
