#pragma once
// roles.* and permissions.*: who may do what. Source: contract "resources" B.9, "rest" 16.

#include "api/list_parameters.h"
#include "dispatch/routes.h"
#include "domain/rights_service.h"

namespace gantry::api {

struct CreateRole {
  std::string name;
  std::optional<std::string> scope;
  std::optional<std::string> description;

  static constexpr auto fields() {
    return std::tuple{wire::field("name", &CreateRole::name, "name of the role"),
                      wire::field("scope", &CreateRole::scope,
                                  "Users (everywhere) or Subscriptions (in one room)"),
                      wire::field("description", &CreateRole::description, "shown beside names")};
  }
};

struct UpdateRole : CreateRole {
  std::string id;

  static constexpr auto fields() {
    return std::tuple_cat(std::tuple{wire::field("roleId", &UpdateRole::id, "id of the role")},
                          CreateRole::fields());
  }
};

struct RoleHolder {
  std::string role_id;
  std::string role_name;
  std::string username;
  std::string user_id;
  std::string room_id;
  std::string scope;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("roleId", &RoleHolder::role_id, "id of the role").with_default(),
        wire::field("roleName", &RoleHolder::role_name, "or its name").with_default(),
        wire::field("username", &RoleHolder::username, "the account").with_default(),
        wire::field("userId", &RoleHolder::user_id, "or its id").with_default(),
        wire::field("roomId", &RoleHolder::room_id, "the room, for roles of scope Subscriptions")
            .with_default(),
        wire::field("scope", &RoleHolder::scope, "the room, as removeUserFromRole calls it")
            .with_default()};
  }
};

struct UsersInRole : ListParameters {
  std::string role;
  std::string room_id;

  static constexpr auto fields() {
    return std::tuple_cat(
        ListParameters::fields(),
        std::tuple{
            wire::field("role", &UsersInRole::role, "id of the role").with_default(),
            wire::field("roomId", &UsersInRole::room_id, "only in this room").with_default()});
  }
};

struct UpdatedSince {
  std::string since;

  static constexpr auto fields() {
    return std::tuple{wire::field("updatedSince", &UpdatedSince::since, "only what changed later")
                          .with_default()};
  }
};

struct PermissionRoles {
  std::string id;
  std::vector<std::string> roles;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("_id", &PermissionRoles::id, "name of the permission"),
        wire::field("roles", &PermissionRoles::roles, "ids of the roles that have it")};
  }
};

struct UpdatePermissions {
  std::vector<PermissionRoles> permissions;

  static constexpr auto fields() {
    return std::tuple{wire::field("permissions", &UpdatePermissions::permissions,
                                  "what changes; the others stay")};
  }
};

struct PermissionRole {
  std::string permission;
  std::string role;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("permissionId", &PermissionRole::permission, "name of the permission"),
        wire::field("role", &PermissionRole::role, "id of the role")};
  }
};

class RolesApi {
 public:
  RolesApi(domain::RightsService& rights, const domain::Directory& directory,
           const ListReader& lists)
      : rights_(rights), directory_(directory), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Result<json::object> list(domain::Caller caller, dispatch::NoParameters in);
  Result<json::object> sync(domain::Caller caller, UpdatedSince in);
  Task<json::object> create(domain::Caller caller, CreateRole in);
  Task<json::object> update(domain::Caller caller, UpdateRole in);
  Task<json::object> add_user(domain::Caller caller, RoleHolder in);
  Task<json::object> remove_user(domain::Caller caller, RoleHolder in);
  Result<json::object> list_users(domain::Caller caller, UsersInRole in);
  Result<json::object> list_public_users(domain::Caller caller, dispatch::NoParameters in);

  Result<json::object> list_permissions(domain::Caller caller, UpdatedSince in);
  Task<json::object> update_permissions(domain::Caller caller, UpdatePermissions in);
  Task<dispatch::Success> add_permission_role(domain::Caller caller, PermissionRole in);
  Task<dispatch::Success> remove_permission_role(domain::Caller caller, PermissionRole in);

  std::shared_ptr<const domain::User> find_user(const RoleHolder& in) const;

  domain::RightsService& rights_;
  const domain::Directory& directory_;
  const ListReader& lists_;
};

}  // namespace gantry::api
