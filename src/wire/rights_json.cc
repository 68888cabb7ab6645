#include "wire/rights_json.h"

#include "base/time.h"

namespace gantry::wire {

json::object to_json(const domain::Role& role) {
  return {{"_id", role.id},
          {"name", role.name},
          {"scope", role.scope == domain::RoleScope::Users ? "Users" : "Subscriptions"},
          {"description", role.description},
          {"mandatory2fa", false},
          {"protected", role.is_protected}};
}

json::object to_json(const domain::Grant& grant) {
  return {{"_id", domain::to_text(grant.permission)},
          {"roles", json::array(grant.roles.begin(), grant.roles.end())},
          {"_updatedAt", to_iso(grant.updated_at)}};
}

}  // namespace gantry::wire
