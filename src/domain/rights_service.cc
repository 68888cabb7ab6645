#include "domain/rights_service.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/system_message.h"

namespace gantry::domain {
namespace {

constexpr std::size_t kRolesMax = 1000;
// The directory keeps the roles of a membership as bits.
constexpr std::ptrdiff_t kRoomRolesMax = 32;
constexpr std::size_t kRoleNameMax = 255;

bool holds(const std::vector<std::string>& roles, const std::string& role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

Result<void> check_new_name(const std::vector<Role>& roles, const Role& role) {
  if (role.name.empty() || role.name.size() > kRoleNameMax) {
    return Error(ErrorCode::InvalidRoleProperties);
  }
  const bool taken = std::any_of(roles.begin(), roles.end(), [&](const Role& other) {
    return other.name == role.name && other.id != role.id;
  });
  if (taken) return Error(ErrorCode::DuplicateRoleName);
  return Done{};
}

Result<void> check_count(const std::vector<Role>& roles, const Role& role) {
  const auto of_rooms = std::count_if(roles.begin(), roles.end(), [](const Role& other) {
    return other.scope == RoleScope::Subscriptions;
  });
  const bool full = role.scope == RoleScope::Subscriptions && of_rooms >= kRoomRolesMax;
  if (full || roles.size() >= kRolesMax) {
    return Error(ErrorCode::CapacityReached, "This server holds as many roles as it may");
  }
  return Done{};
}

Result<void> change_in_room(Tx& tx, const User& author, const Role& role, const User& user,
                            const RoomId& room_id, RoleChange change, Time now) {
  const auto room = tx.rooms().find(room_id);
  if (!room) return Error(ErrorCode::InvalidRoom);
  auto subscription = tx.subscriptions().find(room_id, user.id);
  if (!subscription) return Error(ErrorCode::UserNotInRoom);
  const bool add = change == RoleChange::Add;
  const bool held = holds(subscription->roles, role.id);
  if (add && held) return Error(ErrorCode::UserAlreadyInRole);
  if (!add && !held) return Error(ErrorCode::UserNotInRole);
  if (!add && role.id == kOwnerRole && tx.subscriptions().count_owners(room_id) <= 1) {
    return Error(ErrorCode::RemoveLastOwner);
  }
  if (add) {
    subscription->roles.push_back(role.id);
  } else {
    std::erase(subscription->roles, role.id);
  }
  subscription->updated_at = now;
  tx.subscriptions().update(*subscription);
  TRY_DO(add_system_message(tx, *room, to_ref(author),
                            add ? "subscription-role-added" : "subscription-role-removed",
                            user.username, now, role.id));
  return Done{};
}

Result<void> change_of_account(Tx& tx, const Role& role, User user, RoleChange change, Time now) {
  const bool add = change == RoleChange::Add;
  const bool held = user.has_role(role.id);
  if (add && held) return Error(ErrorCode::UserAlreadyInRole);
  if (!add && !held) return Error(ErrorCode::UserNotInRole);
  if (!add && role.id == kAdminRole && user.active && tx.users().count_admins() <= 1) {
    return Error(ErrorCode::AdminRequired);
  }
  if (add) {
    user.roles.push_back(role.id);
  } else {
    std::erase(user.roles, role.id);
  }
  user.updated_at = now;
  tx.users().update(user);
  return Done{};
}

}  // namespace

bool RightsService::may(const Caller& caller, Permission permission) const {
  return context_.directory.has_permission(*caller.user, permission);
}

Result<void> RightsService::check_access(const Caller& caller) const {
  if (may(caller, Permission::AccessPermissions)) return Done{};
  return Error(ErrorCode::ActionNotAllowed, "Accessing permissions is not allowed");
}

std::optional<Role> RightsService::find_role(std::string_view id, std::string_view name) const {
  if (auto role = context_.directory.find_role(id)) return role;
  for (Role& role : context_.directory.list_roles()) {
    if (!name.empty() && role.name == name) return std::move(role);
  }
  return std::nullopt;
}

Task<Role> RightsService::create_role(Caller caller, RoleDraft draft) {
  CO_TRY_DO(check_access(caller));
  const Role role{random_id(),
                  draft.name,
                  draft.scope.value_or(RoleScope::Users),
                  draft.description.value_or(""),
                  false,
                  context_.clock.now()};
  const std::function<Result<Role>(Tx&)> work = [role](Tx& tx) -> Result<Role> {
    const std::vector<Role> roles = tx.rights().list_roles();
    TRY_DO(check_new_name(roles, role));
    TRY_DO(check_count(roles, role));
    tx.rights().put_role(role);
    return role;
  };
  co_return co_await context_.store.write<Role>(work);
}

Task<Role> RightsService::update_role(Caller caller, std::string id, RoleDraft draft) {
  CO_TRY_DO(check_access(caller));
  const Time now = context_.clock.now();
  const std::function<Result<Role>(Tx&)> work = [id, draft, now](Tx& tx) -> Result<Role> {
    const std::vector<Role> roles = tx.rights().list_roles();
    const auto at =
        std::find_if(roles.begin(), roles.end(), [&](const Role& one) { return one.id == id; });
    if (at == roles.end()) return Error(ErrorCode::InvalidRoleId);
    Role role = *at;
    role.name = draft.name;
    role.scope = draft.scope.value_or(role.scope);
    role.description = draft.description.value_or(role.description);
    role.updated_at = now;
    if (role.is_protected && (role.name != at->name || role.scope != at->scope)) {
      return Error(ErrorCode::RoleProtected);
    }
    TRY_DO(check_new_name(roles, role));
    if (role.scope != at->scope) TRY_DO(check_count(roles, role));
    tx.rights().put_role(role);
    return role;
  };
  co_return co_await context_.store.write<Role>(work);
}

Task<Role> RightsService::change_holder(Caller caller, Role role, UserId user_id, RoomId room,
                                        RoleChange change) {
  CO_TRY_DO(check_access(caller));
  if (role.id == kAdminRole && !may(caller, Permission::AssignAdminRole)) {
    co_return Error(ErrorCode::ActionNotAllowed, "Assigning admin is not allowed");
  }
  if (role.scope == RoleScope::Subscriptions && room.empty()) co_return ErrorCode::InvalidRoom;
  const auto author = caller.user;
  const Time now = context_.clock.now();
  const std::function<Result<Role>(Tx&)> work = [=](Tx& tx) -> Result<Role> {
    const auto user = tx.users().find(user_id);
    if (!user) return Error(ErrorCode::InvalidUser);
    if (role.scope == RoleScope::Subscriptions) {
      TRY_DO(change_in_room(tx, *author, role, *user, room, change, now));
    } else {
      TRY_DO(change_of_account(tx, role, *user, change, now));
    }
    return role;
  };
  co_return co_await context_.store.write<Role>(work);
}

Task<Role> RightsService::add_to_role(Caller caller, Role role, UserId user, RoomId room) {
  return change_holder(std::move(caller), std::move(role), std::move(user), std::move(room),
                       RoleChange::Add);
}

Task<Role> RightsService::remove_from_role(Caller caller, Role role, UserId user, RoomId room) {
  return change_holder(std::move(caller), std::move(role), std::move(user), std::move(room),
                       RoleChange::Remove);
}

Result<std::vector<std::shared_ptr<const User>>> RightsService::list_holders(
    const Role& role, const RoomId& room) const {
  std::vector<std::shared_ptr<const User>> out;
  if (role.scope == RoleScope::Subscriptions) {
    if (!context_.directory.find_room(room)) return Error(ErrorCode::InvalidRoom);
    for (const UserId& member : context_.directory.members_of(room)) {
      if (!holds(context_.directory.roles_in(member, room), role.id)) continue;
      if (auto user = context_.directory.find_user(member)) out.push_back(std::move(user));
    }
  } else {
    for (auto& user : context_.directory.list_users()) {
      if (user->has_role(role.id)) out.push_back(std::move(user));
    }
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a->username < b->username; });
  return out;
}

Task<void> RightsService::update_grants(Caller, std::vector<GrantDraft> drafts) {
  const Time now = context_.clock.now();
  std::vector<Grant> grants;
  for (GrantDraft& draft : drafts) {
    const auto permission = find_permission(draft.permission);
    if (!permission) co_return ErrorCode::InvalidPermission;
    std::vector<std::string> roles;
    for (std::string& role : draft.roles) {
      if (!context_.directory.find_role(role)) co_return ErrorCode::InvalidRole;
      if (!holds(roles, role)) roles.push_back(std::move(role));
    }
    grants.push_back({*permission, std::move(roles), now});
  }
  const std::function<Result<void>(Tx&)> work = [grants](Tx& tx) -> Result<void> {
    for (const Grant& grant : grants) tx.rights().put_grant(grant);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> RightsService::add_role_to_permission(Caller, std::string name, std::string role) {
  const auto permission = find_permission(name);
  if (!permission) co_return ErrorCode::PermissionDoesNotExist;
  if (!context_.directory.find_role(role)) co_return ErrorCode::RoleDoesNotExist;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [=](Tx& tx) -> Result<void> {
    for (Grant& grant : tx.rights().list_grants()) {
      if (grant.permission != *permission || holds(grant.roles, role)) continue;
      grant.roles.push_back(role);
      grant.updated_at = now;
      tx.rights().put_grant(grant);
    }
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> RightsService::remove_role_from_permission(Caller, std::string name, std::string role) {
  const auto permission = find_permission(name);
  if (!permission) co_return ErrorCode::PermissionNotFound;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [=](Tx& tx) -> Result<void> {
    for (Grant& grant : tx.rights().list_grants()) {
      if (grant.permission != *permission || std::erase(grant.roles, role) == 0) continue;
      grant.updated_at = now;
      tx.rights().put_grant(grant);
    }
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

}  // namespace gantry::domain
