#include "wire/delivery_json.h"

#include <algorithm>

#include "domain/record_content.h"
#include "wire/masking.h"

namespace gantry::wire {
namespace {

using domain::DeliveryState;
using domain::HistoryEntry;

// In the order of the enumerators.
constexpr std::array<std::string_view, domain::kDeliveryStates> kStates{
    "queued", "retrying", "succeeded", "failed", "dropped"};

void put_text(json::object& out, std::string_view key, std::string_view text) {
  if (!text.empty()) out[key] = text;
}

template <class T>
void put(json::object& out, std::string_view key, const std::optional<T>& value) {
  if (value) out[key] = *value;
}

void put_open(json::object& out, std::string_view key, const json::value& value) {
  if (!value.is_null()) out[key] = value;
}

void put_end(json::object& out, const domain::Delivery& delivery,
             const domain::Directory& directory) {
  if (delivery.state == DeliveryState::Retrying) out["nextAt"] = to_iso(delivery.next_at);
  if (delivery.state != DeliveryState::Dropped) return;
  if (delivery.cancelled_by.text.empty()) {
    const bool with_message = delivery.message_fate == domain::MessageFate::DeletedWhileDue;
    out["dropReason"] = with_message ? "message-deleted" : "integration-off";
    return;
  }
  out["dropReason"] = "cancelled";
  json::object who{{"_id", delivery.cancelled_by.text}};
  if (const auto user = directory.find_user(delivery.cancelled_by)) {
    who["username"] = user->username;
  }
  out["cancelledBy"] = std::move(who);
}

// What the event said, what was asked, what was answered, and what a script printed of it.
void put_bodies(json::object& out, const HistoryEntry& entry) {
  if (entry.url) {
    json::object request{{"url", mask_url(*entry.url)}};
    put_open(request, "data", entry.http_call_data.value());
    if (json::value* data = request.if_contains("data"); data != nullptr && data->is_object()) {
      mask_token(data->get_object());
    }
    out["request"] = std::move(request);
  }
  put(out, "answer", entry.http_result);
  put_open(out, "prepareSentMessage", entry.prepare_sent);
  put_open(out, "processSentMessage", entry.process_sent);
  put_open(out, "resultMessage", entry.result_message);
  if (!entry.console.empty()) out["console"] = entry.console;
}

Mask mask_of(const domain::LoggedDelivery& logged) {
  Mask mask;
  mask.add(text_of(logged.delivery.data.object(), "token"));
  mask.add_url(logged.delivery.url);
  for (const HistoryEntry& entry : logged.attempts) add_secrets(mask, entry);
  return mask;
}

json::object attempt_json(const HistoryEntry& entry, bool bodies_hidden) {
  json::object out{{"number", entry.attempt + 1},
                   {"startedAt", to_iso(entry.created_at)},
                   {"updatedAt", to_iso(entry.updated_at)},
                   {"step", entry.step},
                   {"finished", entry.finished}};
  put(out, "status", entry.http_status);
  if (!bodies_hidden || !domain::has_errors_of_script(entry)) {
    put(out, "error", entry.error);
    put(out, "errorStack", entry.error_stack);
    put_open(out, "httpError", entry.http_error);
  }
  if (entry.forgotten) out["forgotten"] = true;
  if (entry.not_kept) out["bodiesNotKept"] = true;
  if (!bodies_hidden) put_bodies(out, entry);
  return out;
}

}  // namespace

std::string_view to_text(DeliveryState state) {
  return kStates[place_of(state)];
}

std::optional<DeliveryState> find_delivery_state(std::string_view text) {
  const auto found = std::find(kStates.begin(), kStates.end(), text);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<DeliveryState>(found - kStates.begin());
}

json::object to_json(const domain::LoggedDelivery& logged, const domain::Directory& directory) {
  const domain::Delivery& delivery = logged.delivery;
  json::object out{{"_id", delivery.id.text},
                   {"integrationId", delivery.integration.text},
                   {"event", domain::info_of(delivery.event).name},
                   {"url", mask_url(delivery.url)}};
  put_text(out, "roomId", delivery.room.text);
  put_text(out, "messageId", delivery.message.text);
  out["state"] = to_text(delivery.state);
  out["tries"] = delivery.tries;
  out["createdAt"] = to_iso(delivery.created_at);
  if (delivery.replay) out["redelivery"] = true;
  put_end(out, delivery, directory);
  if (!logged.attempts.empty()) {
    const HistoryEntry& newest = logged.attempts.back();
    put(out, "lastStatus", newest.http_status);
    if (!logged.bodies_hidden || !domain::has_errors_of_script(newest)) {
      put(out, "lastError", newest.error);
      if (newest.error) mask_of(logged).apply(out["lastError"]);
    }
  }
  if (delivery.forgotten()) {
    const bool not_kept = delivery.message_fate == domain::MessageFate::NotKept;
    out[not_kept ? "bodiesNotKept" : "forgotten"] = true;
  }
  if (logged.bodies_hidden) out["bodiesHidden"] = true;
  return out;
}

json::object to_detail_json(const domain::LoggedDelivery& logged,
                            const domain::Directory& directory) {
  json::object out = to_json(logged, directory);
  put_text(out, "triggerWord", logged.delivery.trigger_word);
  if (!logged.bodies_hidden && !logged.delivery.forgotten()) {
    json::object payload = logged.delivery.data.object();
    mask_token(payload);
    out["payload"] = std::move(payload);
  }
  json::array attempts;
  for (const HistoryEntry& entry : logged.attempts) {
    attempts.push_back(attempt_json(entry, logged.bodies_hidden));
  }
  out["attempts"] = std::move(attempts);
  mask_of(logged).apply(out);
  return out;
}

json::object to_json(const domain::DeliveryCounts& counts) {
  json::object out;
  for (std::size_t state = 0; state < counts.size(); ++state) out[kStates[state]] = counts[state];
  return out;
}

}  // namespace gantry::wire
