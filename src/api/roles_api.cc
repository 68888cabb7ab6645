#include "api/roles_api.h"

#include "domain/error_codes.h"
#include "wire/rights_json.h"
#include "wire/user_json.h"

namespace gantry::api {
namespace {

using domain::Caller;
using domain::Permission;
using domain::Role;
using domain::RoleScope;

// Compat: an unknown scope counts as Users (tests/api/roles_test.mjs).
std::optional<RoleScope> to_scope(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return *text == "Subscriptions" ? RoleScope::Subscriptions : RoleScope::Users;
}

domain::RoleDraft to_draft(CreateRole in) {
  return {std::move(in.name), to_scope(in.scope), std::move(in.description)};
}

Result<Time> read_since(const UpdatedSince& in, ErrorCode code) {
  if (in.since.empty()) return Time{};
  const auto since = from_iso(in.since);
  if (since) return *since;
  return Error(code, "The \"updatedSince\" query parameter must be a valid date.");
}

json::object holder_json(const domain::User& user) {
  json::object full = wire::to_json(user, wire::UserView::Full);
  json::object out;
  for (std::string_view key :
       {"_id", "name", "username", "emails", "avatarETag", "createdAt", "_updatedAt"}) {
    if (json::value* member = full.if_contains(key)) out[key] = std::move(*member);
  }
  return out;
}

json::array all_permissions(const domain::Directory& directory, Time since) {
  json::array out;
  for (const domain::Grant& grant : directory.list_grants()) {
    if (grant.updated_at >= since) out.emplace_back(wire::to_json(grant));
  }
  return out;
}

}  // namespace

void RolesApi::add_routes(dispatch::Routes& routes) {
  const std::vector<Permission> access{Permission::AccessPermissions};
  routes.get("/api/v1/roles.list", *this, &RolesApi::list, {.summary = "All roles"});
  routes.get("/api/v1/roles.sync", *this, &RolesApi::sync,
             {.summary = "Roles that changed since a moment"});
  routes.post("/api/v1/roles.create", *this, &RolesApi::create, {.summary = "Make a role"});
  routes.post("/api/v1/roles.update", *this, &RolesApi::update, {.summary = "Change a role"});
  routes.post("/api/v1/roles.addUserToRole", *this, &RolesApi::add_user,
              {.summary = "Give a role to an account"});
  routes.post("/api/v1/roles.removeUserFromRole", *this, &RolesApi::remove_user,
              {.any_permission = access, .summary = "Take a role from an account"});
  routes.get("/api/v1/roles.getUsersInRole", *this, &RolesApi::list_users,
             {.any_permission = access, .summary = "Who holds a role"});
  routes.get("/api/v1/roles.getUsersInPublicRoles", *this, &RolesApi::list_public_users,
             {.summary = "Who holds the roles that are shown beside names"});

  routes.get("/api/v1/permissions.listAll", *this, &RolesApi::list_permissions,
             {.summary = "All permissions and the roles that have them"});
  routes.post("/api/v1/permissions.update", *this, &RolesApi::update_permissions,
              {.any_permission = access, .summary = "Say which roles have permissions"});
  routes.post("/api/v1/permissions.addRole", *this, &RolesApi::add_permission_role,
              {.any_permission = access, .summary = "Give a permission to a role"});
  routes.post("/api/v1/permissions.removeRole", *this, &RolesApi::remove_permission_role,
              {.any_permission = access, .summary = "Take a permission from a role"});
}

Result<json::object> RolesApi::list(Caller, dispatch::NoParameters) {
  json::array roles;
  for (const Role& role : directory_.list_roles()) roles.emplace_back(wire::to_json(role));
  return json::object{{"roles", std::move(roles)}};
}

Result<json::object> RolesApi::sync(Caller, UpdatedSince in) {
  TRY(const Time since, read_since(in, ErrorCode::InvalidUpdatedSince));
  json::array update;
  for (const Role& role : directory_.list_roles()) {
    if (role.updated_at < since) continue;
    json::object row = wire::to_json(role);
    row["_updatedAt"] = to_iso(role.updated_at);
    update.emplace_back(std::move(row));
  }
  return json::object{{"roles", {{"update", std::move(update)}, {"remove", json::array{}}}}};
}

Task<json::object> RolesApi::create(Caller caller, CreateRole in) {
  CO_TRY(const Role role, co_await rights_.create_role(std::move(caller), to_draft(std::move(in))));
  co_return json::object{{"role", wire::to_json(role)}};
}

Task<json::object> RolesApi::update(Caller caller, UpdateRole in) {
  const std::string id = in.id;
  CO_TRY(const Role role,
         co_await rights_.update_role(std::move(caller), id, to_draft(std::move(in))));
  co_return json::object{{"role", wire::to_json(role)}};
}

std::shared_ptr<const domain::User> RolesApi::find_user(const RoleHolder& in) const {
  if (!in.username.empty()) return directory_.find_user_by_name(in.username);
  return directory_.find_user(domain::UserId{in.user_id});
}

Task<json::object> RolesApi::add_user(Caller caller, RoleHolder in) {
  if (in.role_id.empty() && in.role_name.empty()) co_return ErrorCode::InvalidRoleProperties;
  const auto user = find_user(in);
  if (!user) {
    co_return Error(
        ErrorCode::InvalidUser,
        "The required \"userId\" or \"username\" param provided does not match any users");
  }
  const auto found = rights_.find_role(in.role_id, in.role_name);
  if (!found) co_return ErrorCode::RoleNotFound;
  CO_TRY(const Role role, co_await rights_.add_to_role(std::move(caller), *found, user->id,
                                                       domain::RoomId{in.room_id}));
  co_return json::object{{"role", wire::to_json(role)}};
}

Task<json::object> RolesApi::remove_user(Caller caller, RoleHolder in) {
  if (in.role_id.empty() && in.role_name.empty()) co_return ErrorCode::InvalidRoleProperties;
  const auto user = find_user(in);
  if (!user) co_return Error(ErrorCode::InvalidUser, "There is no user with this username");
  const auto found = rights_.find_role(in.role_id, in.role_name);
  if (!found) co_return ErrorCode::InvalidRoleId;
  const domain::RoomId room{in.scope.empty() ? in.room_id : in.scope};
  CO_TRY(const Role role,
         co_await rights_.remove_from_role(std::move(caller), *found, user->id, room));
  co_return json::object{{"role", wire::to_json(role)}};
}

Result<json::object> RolesApi::list_users(Caller caller, UsersInRole in) {
  if (in.role.empty()) {
    return Error(ErrorCode::ParamNotProvided, "Query param \"role\" is required");
  }
  if (!in.room_id.empty() &&
      !directory_.has_permission(*caller.user, Permission::ViewOtherUserChannels)) {
    return Error(ErrorCode::NotAllowed);
  }
  const auto role = rights_.find_role(in.role, in.role);
  if (!role) return Error(ErrorCode::InvalidRoleId);
  TRY(const auto holders, rights_.list_holders(*role, domain::RoomId{in.room_id}));
  const domain::Page page = lists_.read_page(in);
  json::array users;
  for (const auto& user : cut_page(holders, page)) users.emplace_back(holder_json(*user));
  const auto count = static_cast<std::int64_t>(users.size());
  return json::object{{"users", std::move(users)},
                      {"count", count},
                      {"offset", page.offset},
                      {"total", static_cast<std::int64_t>(holders.size())}};
}

Result<json::object> RolesApi::list_public_users(Caller, dispatch::NoParameters) {
  std::vector<std::string> shown;
  for (const Role& role : directory_.list_roles()) {
    if (role.scope == RoleScope::Users && !role.description.empty()) shown.push_back(role.id);
  }
  json::array users;
  for (const auto& user : directory_.list_users()) {
    json::array roles;
    for (const std::string& role : shown) {
      if (user->has_role(role)) roles.emplace_back(role);
    }
    if (roles.empty()) continue;
    users.push_back(
        {{"_id", user->id.text}, {"username", user->username}, {"roles", std::move(roles)}});
  }
  return json::object{{"users", std::move(users)}};
}

Result<json::object> RolesApi::list_permissions(Caller, UpdatedSince in) {
  TRY(const Time since, read_since(in, ErrorCode::InvalidDate));
  return json::object{{"update", all_permissions(directory_, since)}, {"remove", json::array{}}};
}

Task<json::object> RolesApi::update_permissions(Caller caller, UpdatePermissions in) {
  std::vector<domain::GrantDraft> drafts;
  for (PermissionRoles& one : in.permissions) {
    drafts.push_back({std::move(one.id), std::move(one.roles)});
  }
  CO_TRY_DO(co_await rights_.update_grants(std::move(caller), std::move(drafts)));
  co_return json::object{{"permissions", all_permissions(directory_, Time{})}};
}

Task<dispatch::Success> RolesApi::add_permission_role(Caller caller, PermissionRole in) {
  CO_TRY_DO(co_await rights_.add_role_to_permission(std::move(caller), in.permission, in.role));
  co_return dispatch::Success{};
}

Task<dispatch::Success> RolesApi::remove_permission_role(Caller caller, PermissionRole in) {
  CO_TRY_DO(
      co_await rights_.remove_role_from_permission(std::move(caller), in.permission, in.role));
  co_return dispatch::Success{};
}

}  // namespace gantry::api
