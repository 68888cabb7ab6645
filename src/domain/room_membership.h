#pragma once
// Entering and leaving rooms inside a transaction: the rows, the system messages and the events
// belong together and are written here only. Memberships are read through the Tx, so that two
// writes of one group see each other.

#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::domain {

// What the room is told: the user joined, was added by another, or nothing.
enum class Announce { Join, Added, Silent };

// Idempotent: success when already a member. `added_by` is the author of the Added message.
// Errors: CapacityReached.
Result<void> join_in(Tx& tx, const Directory& directory, const Room& room, const User& user,
                     Time now, Announce announce, const User* added_by = nullptr);

// Who is in a room from its beginning: the row alone, neither message nor event.
enum class Founder { Owner, Member };
Result<void> found_in(Tx& tx, const Directory& directory, const Room& room, const User& user,
                      Time now, Founder founder);

// Without `removed_by` the user leaves by choice. Errors: UserNotInRoom, LastOwner.
Result<void> leave_in(Tx& tx, const Room& room, const User& user, Time now,
                      const User* removed_by = nullptr);

// The direct room of exactly these accounts, made when it is missing. The first one opens it; for
// the others it stays out of sight until there is a message. Two accounts give the room whose id is
// their sorted ids joined; one alone or more than two a random id.
// Errors: InvalidUser for an empty list, DirectMessageMaxUsers, CapacityReached.
Result<Room> ensure_direct_room(Tx& tx, const Directory& directory,
                                std::vector<std::shared_ptr<const User>> members, Time now);

// The direct room of exactly these ids, as the transaction sees it.
std::optional<Room> find_direct_room(const Tx& tx, std::vector<UserId> members);

}  // namespace gantry::domain
