#pragma once
// Roles, permissions and the default grants of a new workspace.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "domain/permission_table.h"

namespace gantry::domain {

enum class Permission {
#define X(name, text, roles) name,
  GANTRY_PERMISSION_TABLE(X)
#undef X
};

inline constexpr std::array kAllPermissions{
#define X(name, text, roles) Permission::name,
    GANTRY_PERMISSION_TABLE(X)
#undef X
};
inline constexpr std::size_t kPermissionCount = kAllPermissions.size();

std::string_view to_text(Permission permission);
std::optional<Permission> find_permission(std::string_view name);

// Users: held in User::roles and valid everywhere. Subscriptions: held in Subscription::roles and
// valid in that room only.
enum class RoleScope { Users, Subscriptions };

struct Role {
  std::string id;
  std::string name;
  RoleScope scope = RoleScope::Users;
  std::string description;
  bool is_protected = false;  // built in: cannot be removed or renamed
  Time updated_at;
};

struct Grant {
  Permission permission{};
  std::vector<std::string> roles;
  Time updated_at;
};

inline constexpr std::string_view kAdminRole = "admin";
inline constexpr std::string_view kUserRole = "user";
inline constexpr std::string_view kBotRole = "bot";
inline constexpr std::string_view kOwnerRole = "owner";
inline constexpr std::string_view kModeratorRole = "moderator";
inline constexpr std::string_view kLeaderRole = "leader";

std::vector<Role> default_roles(Time now);
std::vector<Grant> default_grants(Time now);

}  // namespace gantry::domain
