#pragma once
// How an account leaves, for a while or for good: the rooms that it alone owns, its direct rooms,
// its messages, its tokens and the integrations that post as it. Everything happens inside the
// caller's transaction. Source: contract "resources" A.1.2, "integrations" 1.4.

#include <vector>

#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::domain {

// Whether rooms that the account alone owns may change hands or go with it.
enum class Relinquish { Refused, Confirmed };

// Errors: ActionNotAllowed when it is the last active administrator.
Result<void> check_not_last_admin(const Tx& tx, const User& user);

// Gives each solely owned room to its oldest other member; a room without one is removed. Returns
// the removed rooms. Errors: UserLastOwner, with the rooms in its details.
Result<std::vector<RoomId>> relinquish_rooms(Tx& tx, const User& user, Relinquish relinquish,
                                             Time now);

// Ends all sessions and personal tokens.
void remove_tokens(Tx& tx, const UserId& user);

// Makes direct rooms of two read-only while one of the two is inactive, and writable again.
void set_direct_rooms_writable(Tx& tx, const User& user, Time now);

// Removes the account with what belongs to it; what becomes of its messages is `erasure`, a value
// of Message_ErasureType. Integrations that post as it are switched off.
void erase_account(Tx& tx, const User& user, std::string_view erasure, Time now);

}  // namespace gantry::domain
