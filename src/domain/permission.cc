#include "domain/permission.h"

#include <array>
#include <unordered_map>

namespace gantry::domain {
namespace {

struct PermissionRow {
  std::string_view name;
  std::string_view role_letters;
};

constexpr std::array<PermissionRow, kPermissionCount> kRows{{
#define X(name, text, roles) {text, roles},
    GANTRY_PERMISSION_TABLE(X)
#undef X
}};

std::string_view role_of_letter(char letter) {
  switch (letter) {
    case 'A':
      return kAdminRole;
    case 'O':
      return kOwnerRole;
    case 'M':
      return kModeratorRole;
    case 'L':
      return kLeaderRole;
    case 'U':
      return kUserRole;
    case 'B':
      return kBotRole;
    case 'P':
      return "app";
    case 'G':
      return "guest";
    case 'N':
      return "anonymous";
    case 'F':
      return "federated-external";
    default:
      return {};
  }
}

}  // namespace

std::string_view to_text(Permission permission) {
  return kRows[static_cast<std::size_t>(permission)].name;
}

std::optional<Permission> find_permission(std::string_view name) {
  static const auto index = [] {
    std::unordered_map<std::string_view, Permission> map;
    for (std::size_t i = 0; i < kRows.size(); ++i) map.emplace(kRows[i].name, Permission(i));
    return map;
  }();
  const auto at = index.find(name);
  if (at == index.end()) return std::nullopt;
  return at->second;
}

std::vector<Role> default_roles(Time now) {
  constexpr auto kUsers = RoleScope::Users;
  constexpr auto kSubscriptions = RoleScope::Subscriptions;
  const auto role = [now](std::string_view id, RoleScope scope, std::string_view description) {
    return Role{std::string(id), std::string(id), scope, std::string(description), true, now};
  };
  return {role(kAdminRole, kUsers, "Admin"),
          role(kModeratorRole, kSubscriptions, "Moderator"),
          role(kLeaderRole, kSubscriptions, "Leader"),
          role(kOwnerRole, kSubscriptions, "Owner"),
          role(kUserRole, kUsers, ""),
          role(kBotRole, kUsers, ""),
          role("app", kUsers, ""),
          role("guest", kUsers, ""),
          role("anonymous", kUsers, ""),
          role("livechat-agent", kUsers, "Livechat Agent"),
          role("livechat-manager", kUsers, "Livechat Manager"),
          role("livechat-monitor", kUsers, "Livechat Monitor"),
          role("federated-external", kUsers, "")};
}

std::vector<Grant> default_grants(Time now) {
  std::vector<Grant> grants;
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    Grant grant{Permission(i), {}, now};
    for (char letter : kRows[i].role_letters) grant.roles.emplace_back(role_of_letter(letter));
    grants.push_back(std::move(grant));
  }
  return grants;
}

}  // namespace gantry::domain
