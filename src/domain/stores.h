#pragma once
// The contracts of storage, one per subject, used inside a transaction: const methods read, the
// others write. They throw on a broken store; "not there" is an empty optional. Everything that
// is also in the Directory is read here only where a rule must hold inside the transaction.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/delivery.h"
#include "domain/integration.h"
#include "domain/message.h"
#include "domain/permission.h"
#include "domain/room.h"
#include "domain/settings.h"
#include "domain/user.h"

namespace gantry::domain {

struct Page {
  std::int64_t offset = 0;
  std::int64_t count = 50;  // 0: everything
};

template <class T>
struct Listed {
  std::vector<T> items;
  std::int64_t total = 0;
};

class UserStore {
 public:
  virtual ~UserStore() = default;
  virtual std::optional<User> find(const UserId& id) const = 0;
  virtual std::optional<User> find_by_username(
      std::string_view username) const = 0;                                       // without case
  virtual std::optional<User> find_by_email(std::string_view address) const = 0;  // without case
  virtual std::int64_t count_admins() const = 0;                                  // active ones
  virtual void visit_all(const std::function<void(User)>& visit) const = 0;
  virtual void insert(const User& user) = 0;
  virtual void update(const User& user) = 0;
  virtual void remove(const UserId& id) = 0;  // with tokens and subscriptions

  virtual std::vector<Token> list_tokens(const UserId& user) const = 0;  // oldest first
  virtual void visit_all_tokens(const std::function<void(Token)>& visit) const = 0;
  virtual void insert_token(const Token& token) = 0;
  virtual void remove_token(const std::string& hash) = 0;
};

class RoomStore {
 public:
  virtual ~RoomStore() = default;
  virtual std::optional<Room> find(const RoomId& id) const = 0;
  virtual std::optional<Room> find_by_name(std::string_view name) const = 0;
  virtual RoomActivity activity_of(const RoomId& id) const = 0;
  virtual void visit_all(const std::function<void(Room)>& visit) const = 0;
  virtual void insert(const Room& room) = 0;
  virtual void update(const Room& room) = 0;
  // With messages and what records say of them, subscriptions and uploads.
  virtual void remove(const RoomId& id) = 0;
  // A visible message was added, or removed when `by` is negative. Without a message the last one
  // stays what it is.
  virtual void count_messages(const RoomId& id, int by, const Message* last) = 0;
  // Nobody has written there, as far as is left.
  virtual void forget_last_message(const RoomId& id) = 0;
};

class SubscriptionStore {
 public:
  virtual ~SubscriptionStore() = default;
  virtual std::optional<Subscription> find(const RoomId& room, const UserId& user) const = 0;
  virtual std::vector<Subscription> list_of_user(const UserId& user) const = 0;
  virtual std::vector<Subscription> list_of_room(const RoomId& room) const = 0;
  virtual std::int64_t count_owners(const RoomId& room) const = 0;
  virtual std::int64_t count_members(const RoomId& room) const = 0;
  // Who is in which room, with the roles there; in the order of rooms.
  virtual void visit_memberships(const MembershipVisitor& visit) const = 0;
  virtual void insert(const Subscription& subscription) = 0;
  virtual void update(const Subscription& subscription) = 0;
  virtual void remove(const RoomId& room, const UserId& user) = 0;
  // Messages of others that count as unread after `since`.
  virtual std::int64_t count_unread(const RoomId& room, const UserId& user,
                                    std::optional<Time> since) const = 0;
};

struct MessageRange {
  std::optional<Time> oldest;
  std::optional<Time> latest;
  bool inclusive = false;
  bool with_thread_replies = true;        // also those that stay in their thread
  std::vector<std::string> hidden_types;  // of system messages
};

// With a message that is removed, made a stub or given to another author goes what the records of
// deliveries and calls say of it; deliveries of it that are still due are dropped.
class MessageStore {
 public:
  virtual ~MessageStore() = default;
  virtual std::optional<Message> find(const MessageId& id) const = 0;
  // Newest first.
  virtual std::vector<Message> list_range(const RoomId& room, const MessageRange& range,
                                          const Page& page) const = 0;
  virtual std::int64_t count_range(const RoomId& room, const MessageRange& range) const = 0;
  virtual Listed<Message> list_of_room(const RoomId& room, const Page& page) const = 0;
  virtual std::optional<Message> find_latest(const RoomId& room) const = 0;
  virtual bool insert(const Message& message) = 0;  // false: the id is taken
  virtual void update(const Message& message) = 0;
  virtual void remove(const MessageId& id) = 0;
  // All of the author's, in every room; counters and last messages of the rooms follow. Looks at
  // every message of the store.
  virtual void remove_of_author(const UserId& author) = 0;
  // The same messages, as if `heir` had written them under the alias.
  virtual void give_to_author(const UserId& author, const UserRef& heir,
                              std::string_view alias) = 0;
};

class UploadStore {
 public:
  virtual ~UploadStore() = default;
  virtual std::optional<Upload> find(const UploadId& id) const = 0;
  // Newest first.
  virtual std::vector<Upload> list_of_room(const RoomId& room, const Page& page) const = 0;
  // Not confirmed and uploaded before the time, at most `count`.
  virtual std::vector<Upload> list_abandoned(Time before, std::int64_t count) const = 0;
  virtual void insert(const Upload& upload) = 0;
  virtual void update(const Upload& upload) = 0;
  virtual void remove(const UploadId& id) = 0;
};

class RightsStore {
 public:
  virtual ~RightsStore() = default;
  virtual std::vector<Role> list_roles() const = 0;
  virtual std::vector<Grant> list_grants() const = 0;
  virtual void put_role(const Role& role) = 0;
  virtual void put_grant(const Grant& grant) = 0;
};

class SettingStore {
 public:
  virtual ~SettingStore() = default;
  // Stored values only; a setting that was never set has none.
  virtual std::vector<std::pair<Setting, json::value>> list() const = 0;
  virtual void put(Setting setting, const json::value& value) = 0;
};

// The deliveries of an integration that failed since the last one that did not.
struct FailureRun {
  Time since;              // the end of the first one
  Milliseconds lasted{0};  // the pauses between them, each as kFailurePauseMax at most
  std::int64_t count = 0;
};
// A clock that jumps ahead makes no long failure.
inline constexpr Milliseconds kFailurePauseMax{std::chrono::days{1}};

class IntegrationStore {
 public:
  virtual ~IntegrationStore() = default;
  virtual std::optional<Integration> find(const IntegrationId& id) const = 0;
  virtual void visit_all(const std::function<void(Integration)>& visit) const = 0;
  virtual std::vector<IntegrationId> list_posting_as(const UserId& user) const = 0;
  virtual std::vector<IntegrationId> list_with_channel(std::string_view channel) const = 0;
  virtual void insert(const Integration& integration) = 0;
  virtual void update(const Integration& integration) = 0;
  virtual void remove(const IntegrationId& id) = 0;  // with history, deliveries and script state

  // One more delivery failed for good; gives the run that it belongs to.
  virtual FailureRun add_failure(const IntegrationId& id, Time at) = 0;
  virtual void forget_failures(const IntegrationId& id) = 0;
};

// Selects history entries of one integration, newest first unless sorted otherwise by the caller.
struct HistoryRange {
  IntegrationId integration;
  std::optional<UserId> maker;
};

// Selects deliveries of the integrations named, and of no other.
struct DeliveryRange {
  std::vector<IntegrationId> integrations;
  DeliveryStates states = kEveryDeliveryState;
  std::optional<Time> from;  // made then or later
  std::optional<Time> to;    // made then or before
};

// A delivery after an attempt.
struct AttemptEnding {
  DeliveryState state = DeliveryState::Dropped;
  bool forgotten = false;
};

// How far one step of pruning deliveries came.
struct DeliveryPruning {
  std::int64_t removed = 0;
  std::int64_t old = 0;   // of those that it looked at
  std::int64_t last = 0;  // the sequence of the last of them
};

class DeliveryStore {
 public:
  virtual ~DeliveryStore() = default;
  virtual std::optional<Delivery> find(const DeliveryId& id) const = 0;
  // Newest first.
  virtual void visit_range(const DeliveryRange& range, const Page& page,
                           const std::function<void(Delivery)>& visit) const = 0;
  virtual DeliveryCounts count_range(const DeliveryRange& range) const = 0;
  // Open deliveries in the order of their events, after a sequence.
  virtual void visit_open(std::int64_t after, std::size_t count,
                          const std::function<void(Delivery)>& visit) const = 0;
  virtual std::int64_t count_open() const = 0;
  // When the first of the open deliveries was made.
  virtual std::optional<Time> find_oldest_open() const = 0;
  virtual void insert(Delivery& delivery) = 0;  // sets sequence
  virtual void update(const Delivery& delivery) = 0;
  // The same after an attempt, and gives what is stored then: one that was dropped meanwhile stays
  // so, unless it succeeded.
  virtual AttemptEnding end_attempt(const Delivery& delivery) = 0;
  // State, payload, trigger word and the fate of the message as they are given.
  virtual void rewrite(const Delivery& delivery) = 0;

  virtual std::optional<HistoryEntry> find_history(const HistoryId& id) const = 0;
  virtual Listed<HistoryEntry> list_history(const HistoryRange& range, const Page& page) const = 0;
  virtual void put_history(const HistoryEntry& entry) = 0;
  // For an attempt under way: does nothing when its entry is there already.
  virtual void begin_history(const HistoryEntry& entry) = 0;
  virtual void remove_history(const IntegrationId& integration) = 0;
  // Removes entries last written before the time, at most `count`, but for those of open
  // deliveries; returns how many went.
  virtual std::int64_t prune_history(Time before, std::int64_t count) = 0;
  // Looks at the `count` oldest deliveries after that sequence, and removes those that ended and
  // were made before the time.
  virtual DeliveryPruning prune_deliveries(Time before, std::int64_t after, std::int64_t count) = 0;

  // What scripts keep in `Store`, per integration and script revision.
  virtual std::optional<json::object> find_script_state(const IntegrationId& id,
                                                        std::string_view revision) const = 0;
  virtual void put_script_state(const IntegrationId& id, std::string_view revision,
                                const json::object& state) = 0;
};

}  // namespace gantry::domain
