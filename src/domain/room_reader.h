#pragma once
// Rooms and subscriptions as callers see them: the directory's record with what changes with every
// message, and what is new for one member. Messages write no row for each member, so unread and
// alert are worked out here, from the member's read mark and the room's newest message.

#include "domain/context.h"

namespace gantry::domain {

struct RoomView {
  std::shared_ptr<const Room> room;
  RoomActivity activity;
  std::optional<Message> last_message;  // when the workspace shows it
  std::size_t member_count = 0;

  // The last time anything that is shown of the room changed.
  Time changed_at() const;
};

struct SubscriptionView {
  Subscription subscription;
  std::shared_ptr<const Room> room;
  std::int64_t unread = 0;
  bool alert = false;
  Time changed_at;
};

// channels.counters and its kin; absent values are shown as null.
struct RoomCounters {
  bool joined = false;
  std::optional<std::int64_t> members;
  std::optional<std::int64_t> unreads;
  std::optional<Time> unreads_from;
  std::optional<std::int64_t> messages;
  std::optional<Time> latest;
  std::optional<std::int64_t> user_mentions;
};

class RoomReader {
 public:
  explicit RoomReader(const Context& context) : context_(context) {}

  Task<RoomView> load(std::shared_ptr<const Room> room) const;
  // As the directory has it now. Errors: InvalidRoom.
  Task<RoomView> load_current(RoomId id) const;
  Task<std::vector<RoomView>> load_all(std::vector<std::shared_ptr<const Room>> rooms) const;

  Task<std::optional<SubscriptionView>> find_subscription(UserId user, RoomId room) const;
  Task<std::vector<SubscriptionView>> list_subscriptions(UserId user) const;

  // All: the figures of the room are told although the account is no member.
  enum class Sight { MembersOnly, All };
  Task<RoomCounters> count(UserId user, std::shared_ptr<const Room> room, Sight sight) const;

 private:
  const Context context_;
};

}  // namespace gantry::domain
