#include "domain/room_role_service.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/system_message.h"

namespace gantry::domain {
namespace {

struct RoleInfo {
  std::string_view name;
  Permission right;
  ErrorCode already;
  ErrorCode missing;
};

RoleInfo info_of(RoomRole role) {
  switch (role) {
    case RoomRole::Owner:
      return {kOwnerRole, Permission::SetOwner, ErrorCode::UserAlreadyOwner,
              ErrorCode::UserNotOwner};
    case RoomRole::Moderator:
      return {kModeratorRole, Permission::SetModerator, ErrorCode::UserAlreadyModerator,
              ErrorCode::UserNotModerator};
    case RoomRole::Leader:
      return {kLeaderRole, Permission::SetLeader, ErrorCode::UserAlreadyLeader,
              ErrorCode::UserNotLeader};
  }
  return {};
}

// What add and remove change of a subscription.
using Change = Result<void> (*)(Tx&, Subscription&, const RoleInfo&);

Result<void> put(Tx&, Subscription& subscription, const RoleInfo& role) {
  auto& roles = subscription.roles;
  if (std::find(roles.begin(), roles.end(), role.name) != roles.end()) return role.already;
  roles.emplace_back(role.name);
  return Done{};
}

Result<void> take(Tx& tx, Subscription& subscription, const RoleInfo& role) {
  auto& roles = subscription.roles;
  const auto at = std::find(roles.begin(), roles.end(), role.name);
  if (at == roles.end()) return role.missing;
  if (role.name == kOwnerRole && tx.subscriptions().count_owners(subscription.room) == 1) {
    return Error(ErrorCode::RemoveLastOwner);
  }
  roles.erase(at);
  return Done{};
}

std::function<Result<void>(Tx&)> role_change(const Room& wanted, std::shared_ptr<const User> user,
                                             UserRef by, RoomRole role, Change change,
                                             std::string_view message_type, Time now) {
  const RoomId id = wanted.id;
  return [id, user, by, role, change, message_type, now](Tx& tx) -> Result<void> {
    const auto room = tx.rooms().find(id);
    if (!room) return Error(ErrorCode::InvalidRoom);
    auto subscription = tx.subscriptions().find(id, user->id);
    if (!subscription) return Error(ErrorCode::UserNotInRoom);
    const RoleInfo info = info_of(role);
    TRY_DO(change(tx, *subscription, info));
    subscription->updated_at = now;
    tx.subscriptions().update(*subscription);
    TRY_DO(add_system_message(tx, *room, by, message_type, user->username, now,
                              std::string(info.name)));
    return Done{};
  };
}

}  // namespace

std::string_view to_text(RoomRole role) {
  return info_of(role).name;
}

Task<void> RoomRoleService::add(Caller caller, std::shared_ptr<const Room> room,
                                std::shared_ptr<const User> user, RoomRole role) {
  if (!context_.directory.has_permission(*caller.user, info_of(role).right, room->id)) {
    co_return Error(ErrorCode::NotAllowed);
  }
  const std::function<Result<void>(Tx&)> work =
      role_change(*room, user, to_ref(*caller.user), role, put, "subscription-role-added",
                  context_.clock.now());
  co_return co_await context_.store.write<void>(work);
}

Task<void> RoomRoleService::remove(Caller caller, std::shared_ptr<const Room> room,
                                   std::shared_ptr<const User> user, RoomRole role) {
  if (!context_.directory.has_permission(*caller.user, info_of(role).right, room->id)) {
    co_return Error(ErrorCode::NotAllowed);
  }
  const std::function<Result<void>(Tx&)> work =
      role_change(*room, user, to_ref(*caller.user), role, take, "subscription-role-removed",
                  context_.clock.now());
  co_return co_await context_.store.write<void>(work);
}

std::vector<RoleHolder> RoomRoleService::list_holders(const Room& room) const {
  std::vector<RoleHolder> out;
  for (const UserId& id : context_.directory.members_of(room.id)) {
    auto roles = context_.directory.roles_in(id, room.id);
    if (roles.empty()) continue;
    auto user = context_.directory.find_user(id);
    if (user) out.push_back({std::move(user), std::move(roles)});
  }
  std::sort(out.begin(), out.end(), [](const RoleHolder& a, const RoleHolder& b) {
    return a.user->username < b.user->username;
  });
  return out;
}

}  // namespace gantry::domain
