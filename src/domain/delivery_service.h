#pragma once
// The log of outgoing deliveries for those who manage them: looking, delivering again, cancelling.
// All of it is about the outgoing integrations that the caller may see, and treats others as if
// they were not there. What an event said is for who may also read its room.

#include "domain/context.h"

namespace gantry::domain {

// Deliveries that one call may name.
inline constexpr std::size_t kDeliveriesNamedMax = 100;
// Deliveries that one call may make again by a filter.
inline constexpr std::int64_t kRedeliveriesMax = 10'000;
// Attempts that are shown of one delivery, the newest.
inline constexpr int kAttemptsShownMax = 1'000;

struct DeliveryFilter {
  std::optional<IntegrationId> integration;
  DeliveryStates states = kEveryDeliveryState;
  std::optional<Time> from;
  std::optional<Time> to;
  std::optional<RoomId> room;
  std::string text;  // part of the payload's text, without case

  // Whether it asks for what no index knows.
  bool looks_inside() const { return room || !text.empty(); }
};

struct LoggedDelivery {
  Delivery delivery;
  std::vector<HistoryEntry> attempts;  // oldest first; in a list the newest alone
  bool bodies_hidden = false;
};

struct Cancelling {
  struct Refusal {
    DeliveryId id;
    std::optional<DeliveryState> state;  // nothing: there is no such delivery
  };
  std::vector<DeliveryId> cancelled;
  std::vector<Refusal> refused;
};

// Of all states.
std::int64_t sum_of(const DeliveryCounts& counts);

class DeliveryService {
 public:
  explicit DeliveryService(const Context& context) : context_(context) {}

  // Errors of all with a filter: QueryTooBroad.
  // Newest first.
  Task<Listed<LoggedDelivery>> list(Caller caller, DeliveryFilter filter, Page page);
  Task<DeliveryCounts> count(Caller caller, DeliveryFilter filter);
  // Errors: InvalidDelivery.
  Task<LoggedDelivery> get(Caller caller, DeliveryId id);

  // Queues the recorded payloads for the recorded addresses again, all or none, oldest first where
  // a filter selects; gives the new ids. Where the message is gone there is nothing to deliver: a
  // filter passes over such deliveries.
  // Errors: InvalidDelivery, DeliveryForgotten, DeliveryNotKept; with a filter
  // DeliveryCountChanged, TooManyDeliveries.
  Task<std::vector<DeliveryId>> redeliver(Caller caller, std::vector<DeliveryId> ids);
  Task<std::vector<DeliveryId>> redeliver(Caller caller, DeliveryFilter filter,
                                          std::int64_t expected);
  // Drops what still waits for an attempt. One that is under way is made, and is the last.
  Task<Cancelling> cancel(Caller caller, std::vector<DeliveryId> ids);

 private:
  // What the caller may be told of.
  struct Scope {
    DeliveryRange range;
    std::function<bool(const Delivery&)> fits;  // null: all of the range do
    std::int64_t scan_max = 0;
  };
  Scope scope_of(const Caller& caller, const DeliveryFilter& filter) const;
  bool may_see(const Caller& caller, const Delivery& delivery) const;
  enum class Forgotten { Refused, PassedOver };
  Task<std::vector<DeliveryId>> redeliver(Caller caller, std::vector<DeliveryId> ids,
                                          Forgotten forgotten);

  const Context context_;
};

}  // namespace gantry::domain
