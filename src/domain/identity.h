#pragma once
// Who a pair of account id and token belongs to. Source: contract "rest" 7.

#include "domain/directory.h"

namespace gantry::domain {

// The active account whose token this is and has not run out; else null.
std::shared_ptr<const User> find_token_owner(const Directory& directory, std::string_view user_id,
                                             std::string_view secret, Time now);

}  // namespace gantry::domain
