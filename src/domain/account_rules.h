#pragma once
// What usernames, names and mail addresses must be like, and how a draft changes an account. Rules
// that compare with other accounts read through the Tx. Source: contract "resources" A.1.2, B.2.1.

#include "domain/account_draft.h"
#include "domain/store.h"

namespace gantry::domain {

enum class BlockedNames { Refused, Allowed };

// The items of a comma separated setting, without blanks around them.
std::vector<std::string> split_list(std::string_view list);

Error blocked_username(const std::string& username);

// "all", "here" and the two lists of the settings, without case.
bool is_blocked_username(const Settings& settings, std::string_view username);

// Form and size of everything that the draft says.
// Errors: InvalidField, BlockedUsername, InvalidEmail, BioTooLong, NicknameTooLong, Failure.
Result<void> check_draft(const AccountDraft& draft, const Settings& settings, BlockedNames blocked);

// Errors: FieldUnavailable, when the username or mail address is another account's.
Result<void> check_available(const Tx& tx, const AccountDraft& draft, const UserId& self);

// Writes the draft into the account, but for its password and activity.
void apply_draft(const AccountDraft& draft, User& user);

}  // namespace gantry::domain
