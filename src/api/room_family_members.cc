#include "api/room_family_api.h"
#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "wire/room_json.h"

namespace gantry::api {
namespace {

using dispatch::Success;
using domain::Caller;
using domain::Permission;
using domain::RoomRole;

bool is_broadcast_secret(const domain::Directory& directory, const Caller& caller,
                         const domain::Room& room) {
  return room.broadcast &&
         !directory.has_permission(*caller.user, Permission::ViewBroadcastMemberList, room.id);
}

// Those who are known; unknown ones are left out.
std::vector<UserPtr> invited_users(const domain::Directory& directory, const InviteToRoom& in) {
  std::vector<UserPtr> out;
  const auto add = [&out](UserPtr user) {
    if (user) out.push_back(std::move(user));
  };
  if (!in.user_id.empty()) add(directory.find_user(domain::UserId{in.user_id}));
  if (!in.username.empty()) add(directory.find_user_by_name(in.username));
  if (!in.user.empty()) add(directory.find_user_by_name(in.user));
  for (const std::string& id : in.user_ids) add(directory.find_user(domain::UserId{id}));
  for (const std::string& name : in.usernames) add(directory.find_user_by_name(name));
  return out;
}

}  // namespace

void RoomFamilyApi::add_member_routes(dispatch::Routes& routes) {
  routes.get(path("members"), *this, &RoomFamilyApi::members, {.summary = "The members of a room"});
  routes.get(path("online"), *this, &RoomFamilyApi::online,
             {.summary = "The members who are online"});
  routes.get(path("roles"), *this, &RoomFamilyApi::roles,
             {.summary = "The members who have roles in the room"});
  routes.get(path("moderators"), *this, &RoomFamilyApi::moderators,
             {.summary = "The moderators of a room"});
  routes.post(path("invite"), *this, &RoomFamilyApi::invite, {.summary = "Add members"});
  routes.post(path("kick"), *this, &RoomFamilyApi::kick, {.summary = "Remove a member"});
  routes.post(path("leave"), *this, &RoomFamilyApi::leave, {.summary = "Leave a room"});
  routes.post(path("addAll"), *this, &RoomFamilyApi::add_all, {.summary = "Add every account"});
  routes.post(path("addOwner"), *this, &RoomFamilyApi::add_role<RoomRole::Owner>,
              {.summary = "Make a member an owner"});
  routes.post(path("addModerator"), *this, &RoomFamilyApi::add_role<RoomRole::Moderator>,
              {.summary = "Make a member a moderator"});
  routes.post(path("addLeader"), *this, &RoomFamilyApi::add_role<RoomRole::Leader>,
              {.summary = "Make a member a leader"});
  routes.post(path("removeOwner"), *this, &RoomFamilyApi::remove_role<RoomRole::Owner>,
              {.summary = "Take the owner role from a member"});
  routes.post(path("removeModerator"), *this, &RoomFamilyApi::remove_role<RoomRole::Moderator>,
              {.summary = "Take the moderator role from a member"});
  routes.post(path("removeLeader"), *this, &RoomFamilyApi::remove_role<RoomRole::Leader>,
              {.summary = "Take the leader role from a member"});
}

Result<json::object> RoomFamilyApi::members(Caller caller, ListRoomMembers in) {
  TRY(const RoomPtr room, find(caller, in, Archived::Allowed));
  TRY_DO(check_access(caller, *room));
  if (is_broadcast_secret(directory_, caller, *room)) return Error(ErrorCode::Refused);
  TRY(const ListRequest request, lists_.read(in));
  TRY(auto listed, select_page(member_rows(directory_, *room, {in.filter, in.status}), request));
  return to_list_reply("members", std::move(listed), request);
}

Result<json::object> RoomFamilyApi::online(Caller caller, FindOnline in) {
  std::string id = in.id;
  if (id.empty() && !in.query.empty()) {
    TRY(const auto query, wire::QueryFilter::parse(in.query));
    id = query.required_text("_id");
  }
  if (id.empty()) return failure("Invalid query");
  const RoomPtr room = directory_.find_room(domain::RoomId{id});
  if (!room || room->type != family_.type) return failure(std::string(family_.not_there));
  if (!domain::can_access(directory_, *caller.user, *room)) {
    return Error(ErrorCode::NotAllowed, "Not Allowed");
  }
  json::array online;
  for (const json::object& row : member_rows(directory_, *room, {})) {
    if (text_of(row, "status") == "offline") continue;
    online.push_back({{"_id", row.at("_id")}, {"username", row.at("username")}});
  }
  return json::object{{"online", std::move(online)}};
}

Result<json::object> RoomFamilyApi::roles(Caller caller, RoomKey in) {
  TRY(const RoomPtr room, find(caller, in, Archived::Allowed));
  TRY_DO(check_access(caller, *room));
  json::array roles;
  for (const auto& holder : services_.roles.list_holders(*room)) {
    roles.push_back(wire::to_json(holder, room->id));
  }
  return json::object{{"roles", std::move(roles)}};
}

Result<json::object> RoomFamilyApi::moderators(Caller caller, RoomKey in) {
  TRY(const RoomPtr room, find(caller, in, Archived::Allowed));
  TRY_DO(check_access(caller, *room));
  json::array moderators;
  for (const auto& holder : services_.roles.list_holders(*room)) {
    const auto& roles = holder.roles;
    if (std::find(roles.begin(), roles.end(), domain::kModeratorRole) == roles.end()) continue;
    moderators.push_back({{"_id", holder.user->id.text},
                          {"username", holder.user->username},
                          {"name", holder.user->name}});
  }
  return json::object{{"moderators", std::move(moderators)}};
}

Task<json::object> RoomFamilyApi::invite(Caller caller, InviteToRoom in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused, Access::NotAsked));
  if (!in.is_given() && in.user_ids.empty() && in.usernames.empty()) {
    co_return Error(ErrorCode::UsersParamsNotProvided);
  }
  auto users = invited_users(directory_, in);
  if (users.empty()) co_return Error(family_.nobody_invited);
  CO_TRY_DO(co_await services_.members.invite(std::move(caller), room, std::move(users)));
  co_return co_await reply(room->id);
}

Task<json::object> RoomFamilyApi::kick(Caller caller, RoomAndUser in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused));
  CO_TRY(UserPtr user, get_user(directory_, in));
  CO_TRY_DO(co_await services_.members.kick(std::move(caller), room, std::move(user)));
  if (family_.type == domain::RoomType::Group) co_return json::object{};
  co_return co_await reply(room->id);
}

Task<json::object> RoomFamilyApi::leave(Caller caller, RoomKey in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused));
  CO_TRY_DO(co_await services_.members.leave(std::move(caller), room));
  if (family_.type == domain::RoomType::Group) co_return json::object{};
  co_return co_await reply(room->id);
}

Task<json::object> RoomFamilyApi::add_all(Caller caller, AddAllToRoom in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused));
  CO_TRY_DO(co_await services_.members.add_all(
      std::move(caller), room,
      in.active_users_only ? domain::AddAll::ActiveOnly : domain::AddAll::Everyone));
  co_return co_await reply(room->id);
}

template <RoomRole role>
Task<Success> RoomFamilyApi::add_role(Caller caller, RoomAndUser in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused));
  CO_TRY(UserPtr user, get_user(directory_, in));
  CO_TRY_DO(co_await services_.roles.add(std::move(caller), room, std::move(user), role));
  co_return Success{};
}

template <RoomRole role>
Task<Success> RoomFamilyApi::remove_role(Caller caller, RoomAndUser in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused));
  CO_TRY(UserPtr user, get_user(directory_, in));
  CO_TRY_DO(co_await services_.roles.remove(std::move(caller), room, std::move(user), role));
  co_return Success{};
}

}  // namespace gantry::api
