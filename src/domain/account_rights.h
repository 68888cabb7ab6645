#pragma once
// Who may change what of an account. All return ActionNotAllowed with the protocol's words, or
// NotAllowed. Source: contract "resources" B.2.1.

#include "domain/account_draft.h"
#include "domain/directory.h"

namespace gantry::domain {

// Only what changes is asked about, so that a client may send the roles back as they were.
Result<void> check_roles(const Directory& directory, const Caller& caller,
                         const std::vector<std::string>& before,
                         const std::vector<std::string>& after);

// The settings say what people may change about themselves.
Result<void> check_own_edit(const Directory& directory, const User& user,
                            const AccountDraft& draft);

Result<void> check_edit(const Directory& directory, const Caller& caller, const User& user,
                        const AccountDraft& draft);

}  // namespace gantry::domain
