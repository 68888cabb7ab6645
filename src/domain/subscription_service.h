#pragma once
// What a member decides about a room for himself: whether it is open, a favourite, read, and how it
// notifies. Source: contract "resources" B.6, B.8.

#include "domain/context.h"

namespace gantry::domain {

enum class Favorite { No, Yes };

class SubscriptionService {
 public:
  explicit SubscriptionService(const Context& context) : context_(context) {}

  // The caller's own subscription, as stored. Nothing when the caller is no member.
  Task<std::optional<Subscription>> find(Caller caller, RoomId room);

  // All: InvalidSubscription when the caller is no member.
  Task<void> open(Caller caller, RoomId room);
  Task<void> close(Caller caller, RoomId room);
  Task<void> mark_favorite(Caller caller, RoomId room, Favorite favorite);
  // Choices under their protocol names; each replaces the one before, null takes it away.
  Task<void> save_preferences(Caller caller, RoomId room, json::object choices);
  Task<void> mark_read(Caller caller, RoomId room);
  // From the newest message on. Errors: NoMessageForUnread.
  Task<void> mark_room_unread(Caller caller, RoomId room);
  // Errors: NoMessageForUnread, ActionNotAllowed for the caller's own message.
  Task<void> mark_unread_from(Caller caller, MessageId first);
  // One member keeps the other one of a direct room from writing, or lets him again.
  enum class Block { On, Off };
  Task<void> block(Caller caller, RoomId room, Block block);

 private:
  Task<void> change(UserId user, RoomId room, std::function<Result<void>(Subscription&)> apply);

  const Context context_;
};

}  // namespace gantry::domain
