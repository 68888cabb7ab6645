#pragma once
// Which permissions the roles have, as bits: for each role, and for each set of roles that some
// account holds. So a right of an account is one bit, and a changed grant costs no walk over
// accounts. Part of the Directory and under its lock.

#include <bitset>
#include <map>
#include <string>
#include <vector>

#include "domain/permission.h"

namespace gantry::domain {

using PermissionSet = std::bitset<kPermissionCount>;

inline bool holds(const PermissionSet& set, Permission permission) {
  return set[static_cast<std::size_t>(permission)];
}

class RoleRights {
 public:
  using SetNumber = std::uint32_t;
  static constexpr SetNumber kNoRoles = 0;

  RoleRights();

  void apply(const Grant& grant);
  const std::vector<Grant>& grants() const { return grants_; }

  // The number of this set of roles; valid for ever.
  SetNumber number_of(const std::vector<std::string>& roles);
  const PermissionSet& of(SetNumber set) const { return sets_[set].permissions; }
  // The same for roles that nobody may hold together.
  PermissionSet of(const std::vector<std::string>& roles) const;
  const PermissionSet& of_role(std::string_view role) const;

 private:
  struct Role {
    std::string id;
    PermissionSet permissions;
  };
  struct Set {
    std::vector<std::string> roles;
    PermissionSet permissions;
  };

  std::vector<Grant> grants_;  // by the number of the permission
  std::vector<Role> roles_;    // those that some grant has named
  std::vector<Set> sets_;
  std::map<std::vector<std::string>, SetNumber> numbers_;
};

}  // namespace gantry::domain
