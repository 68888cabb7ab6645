#pragma once
// Roles, who holds them, and which rights they give. A change holds for everybody at once when it
// is acknowledged. Source: contract "rest" 16, "resources" B.9.

#include <string>
#include <vector>

#include "domain/context.h"

namespace gantry::domain {

struct RoleDraft {
  std::string name;
  std::optional<RoleScope> scope;
  std::optional<std::string> description;
};

enum class RoleChange { Add, Remove };

struct GrantDraft {
  std::string permission;
  std::vector<std::string> roles;
};

class RightsService {
 public:
  explicit RightsService(const Context& context) : context_(context) {}

  // Errors: ActionNotAllowed, InvalidRoleProperties, DuplicateRoleName, CapacityReached.
  Task<Role> create_role(Caller caller, RoleDraft draft);
  // Errors: the same, InvalidRoleId, RoleProtected.
  Task<Role> update_role(Caller caller, std::string id, RoleDraft draft);
  // A role of scope Subscriptions is given in a room. Errors: ActionNotAllowed, UserAlreadyInRole,
  // InvalidRoom, InvalidUser, UserNotInRoom.
  Task<Role> add_to_role(Caller caller, Role role, UserId user, RoomId room);
  // Errors: UserNotInRole, AdminRequired, RemoveLastOwner, ActionNotAllowed, InvalidRoom.
  Task<Role> remove_from_role(Caller caller, Role role, UserId user, RoomId room);
  // Those who hold the role, by username. Errors: InvalidRoom.
  Result<std::vector<std::shared_ptr<const User>>> list_holders(const Role& role,
                                                                const RoomId& room) const;

  // All or nothing. Errors: InvalidPermission, InvalidRole.
  Task<void> update_grants(Caller caller, std::vector<GrantDraft> drafts);
  // Errors: InvalidPermission, InvalidRole.
  Task<void> add_role_to_permission(Caller caller, std::string permission, std::string role);
  Task<void> remove_role_from_permission(Caller caller, std::string permission, std::string role);

  // By id, then by name.
  std::optional<Role> find_role(std::string_view id, std::string_view name) const;

 private:
  bool may(const Caller& caller, Permission permission) const;
  Result<void> check_access(const Caller& caller) const;
  Task<Role> change_holder(Caller caller, Role role, UserId user, RoomId room, RoleChange change);

  const Context context_;
};

}  // namespace gantry::domain
