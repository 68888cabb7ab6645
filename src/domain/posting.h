#pragma once
// Posting messages inside a transaction: which room a target names, whether the sender may post
// there, and what a new message changes. Everything here is synchronous over a Tx; rooms and
// memberships are read through it, so that writes of one group see each other. Source: contract
// "integrations" 8 and "resources" B.7.1.
//
// Nothing is written before all that can be refused has been checked, save for the faults of the
// event recorders, which fail the whole write.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/directory.h"
#include "domain/message_draft.h"
#include "domain/store.h"

namespace gantry::domain {

// More targets than this in one request are refused.
inline constexpr std::size_t kPostTargetsMax = 1000;

// The room of "#x", "@x" or "x". Joins the sender to a public room and makes a missing direct room.
// Errors: InvalidChannelTarget, CapacityReached; for a public room that the sender is not in, also
// those of check_may_post.
Result<Room> resolve_target(Tx& tx, const Directory& directory, const User& sender,
                            std::string_view item, Time now);

// What posting a draft to a target would do, without doing it.
struct PostTarget {
  std::optional<Room> room;           // nothing: a direct room would be made
  std::shared_ptr<const User> other;  // with whom
};
// Errors: those of resolve_target, check_may_post and check_draft.
Result<PostTarget> check_post(const Tx& tx, const Directory& directory, const User& sender,
                              std::string_view item, const MessageDraft& draft);

// Errors, in this order: RoomIsArchived, NotAllowedInRoom, RoomIsBlocked, RoomIsReadOnly,
// MutedInRoom.
Result<void> check_may_post(const Tx& tx, const Directory& directory, const User& sender,
                            const Room& room);

// What can be refused of the message itself. Errors, in this order: MessageSizeExceeded,
// CannotImpersonate, the draft's own fault, ActionNotAllowed for @all and @here.
Result<void> check_draft(const Directory& directory, const User& sender, const Room& room,
                         const MessageDraft& draft);

// Checks the draft, and posts it into a room in which the sender may post (check_may_post is the
// caller's part). Counts the room, tells the mentioned and the thread, marks the room read for the
// sender and records MessageSent. Errors: those of check_draft, DuplicateMessage.
Result<Message> post_in(Tx& tx, const Directory& directory, const User& sender, const Room& room,
                        MessageDraft draft, Time now);

enum class Separate {
  No,   // all targets or none
  Yes,  // each target succeeds or fails on its own
};

struct PostedTarget {
  std::string channel;  // the target as it was given
  std::optional<Message> message;
  std::optional<Error> error;  // with Separate::Yes only
};

// One entry for each target, in their order; none when there are no targets. With Separate::No the
// first bad target is the error and nothing is posted.
Result<std::vector<PostedTarget>> post_to_targets_in(Tx& tx, const Directory& directory,
                                                     const User& sender, const MessageDraft& draft,
                                                     const std::vector<std::string>& targets,
                                                     Separate separate, Time now);

}  // namespace gantry::domain
