#include "domain/role_rights.h"

#include <algorithm>

namespace gantry::domain {

RoleRights::RoleRights() {
  for (std::size_t i = 0; i < kPermissionCount; ++i) grants_.push_back({Permission(i), {}, {}});
  number_of({});
}

void RoleRights::apply(const Grant& grant) {
  const auto bit = static_cast<std::size_t>(grant.permission);
  grants_[bit] = grant;
  for (Role& role : roles_) role.permissions.reset(bit);
  for (const std::string& id : grant.roles) {
    auto at =
        std::find_if(roles_.begin(), roles_.end(), [&](const Role& role) { return role.id == id; });
    if (at == roles_.end()) at = roles_.insert(at, {id, {}});
    at->permissions.set(bit);
  }
  for (Set& set : sets_) set.permissions = of(set.roles);
}

RoleRights::SetNumber RoleRights::number_of(const std::vector<std::string>& roles) {
  const auto [at, added] = numbers_.try_emplace(roles, static_cast<SetNumber>(sets_.size()));
  if (added) sets_.push_back({roles, of(roles)});
  return at->second;
}

PermissionSet RoleRights::of(const std::vector<std::string>& roles) const {
  PermissionSet out;
  for (const std::string& role : roles) out |= of_role(role);
  return out;
}

const PermissionSet& RoleRights::of_role(std::string_view role) const {
  static const PermissionSet kNone;
  const auto at =
      std::find_if(roles_.begin(), roles_.end(), [&](const Role& one) { return one.id == role; });
  return at == roles_.end() ? kNone : at->permissions;
}

}  // namespace gantry::domain
