#pragma once
// Accounts in the protocol's form. Source: contract "resources" A.1 and "rest" 8.3.

#include <string_view>

#include "base/json.h"
#include "domain/room.h"
#include "domain/settings.h"
#include "domain/user.h"

namespace gantry::wire {

// Limited: what anyone may see. Full: with view-full-other-user-info, or of oneself.
enum class UserView { Limited, Full };

json::object to_json(const domain::User& user, UserView view);

// The answer of `me`, also `data.me` of login. `site_url` has no slash at its end.
json::object to_me_json(const domain::User& user, std::string_view site_url);

// {_id, username, name}; the name is left out when there is none.
json::object to_json(const domain::UserRef& user);

// online, away, busy or offline.
std::string_view presence_of(const domain::User& user);

json::object to_json(const domain::Token& personal_token);

}  // namespace gantry::wire
