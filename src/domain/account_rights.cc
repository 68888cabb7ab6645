#include "domain/account_rights.h"

#include <algorithm>

#include "domain/error_codes.h"

namespace gantry::domain {
namespace {

Error action_not_allowed(std::string text) {
  return Error(ErrorCode::ActionNotAllowed, std::move(text));
}

bool may(const Directory& directory, const Caller& caller, Permission permission) {
  return directory.has_permission(*caller.user, permission);
}

bool same_set(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

bool holds(const std::vector<std::string>& roles, std::string_view role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

}  // namespace

Result<void> check_roles(const Directory& directory, const Caller& caller,
                         const std::vector<std::string>& before,
                         const std::vector<std::string>& after) {
  for (const std::string& role : after) {
    const auto known = directory.find_role(role);
    if (!known || known->scope != RoleScope::Users) {
      return action_not_allowed("The field Roles consist invalid role id");
    }
  }
  if (holds(before, kAdminRole) != holds(after, kAdminRole) &&
      !may(directory, caller, Permission::AssignAdminRole)) {
    return action_not_allowed("Assigning admin is not allowed");
  }
  if (!same_set(before, after) && !may(directory, caller, Permission::AssignRoles)) {
    return action_not_allowed("Assign roles is not allowed");
  }
  return Done{};
}

Result<void> check_own_edit(const Directory& directory, const User& user,
                            const AccountDraft& draft) {
  const auto settings = directory.settings();
  if (!settings->get_bool(Setting::AllowProfileChange)) {
    return action_not_allowed("Edit user profile is not allowed");
  }
  const std::string email = user.emails.empty() ? std::string() : user.emails.front().address;
  struct Rule {
    bool changes;
    Setting setting;
    std::string_view text;
  };
  const Rule rules[] = {
      {draft.username && *draft.username != user.username, Setting::AllowUsernameChange,
       "Edit username is not allowed"},
      {draft.status_text && *draft.status_text != user.status_text, Setting::AllowStatusChange,
       "Edit user status is not allowed"},
      {draft.name && *draft.name != user.name, Setting::AllowNameChange,
       "Edit user real name is not allowed"},
      {draft.email && *draft.email != email, Setting::AllowEmailChange,
       "Edit user email is not allowed"},
      {draft.password.has_value(), Setting::AllowPasswordChange,
       "Edit user password is not allowed"},
  };
  for (const Rule& rule : rules) {
    if (rule.changes && !settings->get_bool(rule.setting)) {
      return action_not_allowed(std::string(rule.text));
    }
  }
  // Nobody confirms an own address by saying so.
  if (draft.email_verified) return action_not_allowed("Editing user is not allowed");
  return Done{};
}

Result<void> check_edit(const Directory& directory, const Caller& caller, const User& user,
                        const AccountDraft& draft) {
  const bool own = caller.id() == user.id;
  if (!own && !may(directory, caller, Permission::EditOtherUserInfo)) {
    return action_not_allowed("Editing user is not allowed");
  }
  if (draft.roles) TRY_DO(check_roles(directory, caller, user.roles, *draft.roles));
  if (own && !may(directory, caller, Permission::EditOtherUserInfo)) {
    TRY_DO(check_own_edit(directory, user, draft));
  }
  if (!own && draft.password && !may(directory, caller, Permission::EditOtherUserPassword)) {
    return action_not_allowed("Edit user password is not allowed");
  }
  if (draft.active && *draft.active != user.active &&
      !may(directory, caller, Permission::EditOtherUserActiveStatus)) {
    return Error(ErrorCode::NotAllowed);
  }
  return Done{};
}

}  // namespace gantry::domain
