#pragma once
// How requests name rooms and accounts, and how these are found, with the words of each family.
// Source: contract "resources" 0.

#include <memory>
#include <string>

#include "base/task.h"
#include "domain/directory.h"
#include "wire/fields.h"

namespace gantry::api {

struct RoomKey {
  std::string room_id;
  std::string room_name;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("roomId", &RoomKey::room_id, "the room's id, or else roomName").with_default(),
        wire::field("roomName", &RoomKey::room_name, "the room's name").with_default()};
  }
};

struct UserKey {
  std::string user_id;
  std::string username;
  std::string user;

  static constexpr auto fields() {
    return std::tuple{wire::field("userId", &UserKey::user_id, "the account's id, or else username")
                          .with_default(),
                      wire::field("username", &UserKey::username).with_default(),
                      wire::field("user", &UserKey::user, "as username").with_default()};
  }

  bool is_given() const { return !user_id.empty() || !username.empty() || !user.empty(); }
};

// A room and an account in it.
struct RoomAndUser : RoomKey, UserKey {
  static constexpr auto fields() { return std::tuple_cat(RoomKey::fields(), UserKey::fields()); }
};

using RoomPtr = std::shared_ptr<const domain::Room>;
using UserPtr = std::shared_ptr<const domain::User>;

// Errors: UserParamNotProvided, InvalidUser.
Result<UserPtr> get_user(const domain::Directory& directory, const UserKey& key);

// A room of any type. Errors: RoomIdParamNotProvided, RoomNotFound.
Result<RoomPtr> get_room(const domain::Directory& directory, const RoomKey& key);

// The members of a room who are shown, by username.
std::vector<UserPtr> list_members(const domain::Directory& directory, const domain::Room& room);

// Those of them whose name, username or status fits; empty texts fit everyone.
struct MemberFilter {
  std::string text;
  std::vector<std::string> statuses;
};
std::vector<json::object> member_rows(const domain::Directory& directory, const domain::Room& room,
                                      const MemberFilter& filter);

}  // namespace gantry::api
