#pragma once
// The outbox of outgoing webhooks: a delivery is written in the transaction of what caused it and
// lives until its last attempt; each attempt leaves a history entry, at its end or once it takes
// long. Source: contract "integrations" 9 to 15.

#include <array>
#include <bitset>
#include <optional>
#include <string>

#include "base/json_document.h"
#include "base/time.h"
#include "domain/ids.h"
#include "domain/integration.h"

namespace gantry::domain {

enum class DeliveryState {
  Queued,    // waits for its first attempt, in the order of its line
  Retrying,  // left the line; waits until next_at
  Succeeded,
  Failed,
  Dropped,  // cancelled, or its integration was removed or switched off
};

inline constexpr std::size_t kDeliveryStates = 5;

// Some of the states, and a number for each of them.
using DeliveryStates = std::bitset<kDeliveryStates>;
inline constexpr DeliveryStates kEveryDeliveryState{(1U << kDeliveryStates) - 1};
using DeliveryCounts = std::array<std::int64_t, kDeliveryStates>;

constexpr std::size_t place_of(DeliveryState state) {
  return static_cast<std::size_t>(state);
}

// What became of the message that a delivery is about: when it is deleted, the payload goes.
enum class MessageFate {
  Kept,
  Deleted,
  DeletedWhileDue,  // the delivery was dropped for it
  NotKept,          // the delivery has ended, and the workspace keeps no bodies
};

// Ids of deliveries about a message begin as ids of the message's time do, so that the message
// leads to them (domain/record_content.h).
struct Delivery {
  DeliveryId id;
  std::int64_t sequence = 0;  // given by the store; order of events
  IntegrationId integration;
  HookEvent event = HookEvent::SendMessage;
  std::string url;
  JsonDocument data;  // the payload, recorded when the event happened
  std::string trigger_word;
  RoomId room;        // empty for events without a room
  UserId user;        // who caused the event; sender with impersonateUser
  MessageId message;  // empty for events without a message
  DeliveryState state = DeliveryState::Queued;
  int tries = 0;  // attempts that were followed by a retry
  int hook_depth = 0;
  bool replay = false;
  UserId cancelled_by;  // empty when nobody cancelled it
  MessageFate message_fate = MessageFate::Kept;
  Time created_at;
  Time next_at;

  bool forgotten() const { return message_fate != MessageFate::Kept; }
  bool open() const { return state == DeliveryState::Queued || state == DeliveryState::Retrying; }
};

// One attempt. Open-shaped parts keep the protocol's own form.
struct HistoryEntry {
  HistoryId id;
  DeliveryId delivery;
  IntegrationId integration;
  UserId integration_maker;  // as it was then; decides who may read the entry
  int attempt = 0;
  std::string step;
  HookEvent event = HookEvent::SendMessage;
  JsonDocument integration_copy;  // without token and scripts
  JsonDocument data;
  std::string trigger_word;
  std::string target_url;  // before the script
  bool ran_prepare = false;
  bool finished = false;
  std::optional<std::string> url;  // after the script
  JsonDocument http_call_data;     // null when nothing was sent
  std::optional<std::string> http_result;
  std::optional<std::int64_t> http_status;
  json::value http_error;
  std::optional<std::string> error;
  std::optional<std::string> error_stack;
  json::value prepare_sent;  // [{channel, message}] or null
  json::value process_sent;
  json::value result_message;
  json::array console;     // what the script printed: [{level, text}]
  bool forgotten = false;  // it held what a message said that is no more
  bool not_kept = false;   // the workspace keeps no bodies
  Time created_at;
  Time updated_at;
};

}  // namespace gantry::domain
