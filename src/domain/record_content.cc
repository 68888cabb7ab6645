#include "domain/record_content.h"

#include <algorithm>

#include "domain/delivery_records.h"

namespace gantry::domain {
namespace {

constexpr json::value HistoryEntry::*kSent[] = {
    &HistoryEntry::prepare_sent, &HistoryEntry::process_sent, &HistoryEntry::result_message};

// Calls visit(message) for each of [{channel, message}].
template <class Sent, class Visit>
void visit_sent(Sent& sent, const Visit& visit) {
  if (!sent.is_array()) return;
  for (auto& row : sent.get_array()) {
    if (auto* message = row.as_object().if_contains("message")) visit(*message);
  }
}

MessageId id_of(const json::value& message) {
  return MessageId{message.is_object() ? text_of(message.get_object(), "_id") : ""};
}

void keep_ids(json::value& sent) {
  visit_sent(sent, [](json::value& message) {
    message = json::object{{"_id", id_of(message).text}};
  });
}

// A stub has a type.
bool stands(const Tx& tx, const json::value& posted) {
  const auto message = tx.messages().find(id_of(posted));
  return message && message->type.empty();
}

bool all_stand(const Tx& tx, const json::value& sent) {
  bool out = true;
  visit_sent(sent, [&](const json::value& message) { out = out && stands(tx, message); });
  return out;
}

}  // namespace

DeliveryId id_beside(const Message& message, const DeliveryId& id) {
  const std::string chance = id.text.substr(std::min(id.text.size(), kIdTimeLength));
  return DeliveryId{id_time_part(message.sent_at) + chance};
}

bool has_posted(const HistoryEntry& entry, const MessageId& message) {
  bool out = false;
  for (const auto sent : kSent) {
    visit_sent(entry.*sent, [&](const json::value& posted) { out |= id_of(posted) == message; });
  }
  return out;
}

bool has_errors_of_script(const HistoryEntry& entry) {
  return entry.error_stack || (entry.url && *entry.url != entry.target_url);
}

void forget(Delivery& delivery) {
  delivery.data = {};
  delivery.trigger_word.clear();
}

void forget_outcome(HistoryEntry& entry) {
  if (has_errors_of_script(entry)) {
    entry.error.reset();
    entry.error_stack.reset();
    entry.http_error = nullptr;
  }
  if (entry.url) entry.url = entry.target_url;
  entry.http_call_data = {};
  entry.http_result.reset();
  for (const auto sent : kSent) keep_ids(entry.*sent);
  entry.console.clear();
  entry.forgotten = true;
}

void forget_all(HistoryEntry& entry) {
  forget_outcome(entry);
  entry.data = {};
  entry.trigger_word.clear();
}

void drop_bodies(HistoryEntry& entry) {
  const bool forgotten = entry.forgotten;
  forget_all(entry);
  entry.forgotten = forgotten;
  entry.not_kept = true;
}

void drop_bodies(Tx& tx, Delivery delivery) {
  if (delivery.open() || delivery.forgotten()) return;
  for (int attempt = 0; attempt <= delivery.tries; ++attempt) {
    auto entry = tx.deliveries().find_history(history_id_of(delivery.id, attempt));
    if (!entry || entry->not_kept) continue;
    drop_bodies(*entry);
    tx.deliveries().put_history(*entry);
  }
  forget(delivery);
  delivery.message_fate = MessageFate::NotKept;
  tx.deliveries().rewrite(delivery);
}

void follow_messages(const Tx& tx, HistoryEntry& entry) {
  const auto delivery = tx.deliveries().find(entry.delivery);
  if (delivery && delivery->forgotten()) {
    return delivery->message_fate == MessageFate::NotKept ? drop_bodies(entry) : forget_all(entry);
  }
  const bool whole = std::all_of(std::begin(kSent), std::end(kSent),
                                 [&](const auto sent) { return all_stand(tx, entry.*sent); });
  if (!whole) forget_outcome(entry);
}

}  // namespace gantry::domain
