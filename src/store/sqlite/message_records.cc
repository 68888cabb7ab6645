#include "store/sqlite/message_records.h"

#include "domain/record_content.h"
#include "store/sqlite/delivery_store.h"

namespace gantry::store::sqlite {
namespace {

using domain::Delivery;
using domain::DeliveryId;
using domain::HistoryEntry;
using domain::HistoryId;
using domain::MessageFate;
using domain::MessageId;

constexpr char kSelectOne[] = "SELECT id, sent_at FROM messages WHERE id = ?";
constexpr char kSelectOfRoom[] = "SELECT id, sent_at FROM messages WHERE room = ?";
constexpr char kSelectOfAuthor[] = "SELECT id, sent_at FROM messages WHERE author = ?";
// Every symbol of ids is below '~'.
#define NEAR " WHERE id >= ?1 AND id < ?1 || '~' AND instr(extra, ?2) > 0"
constexpr char kDeliveriesNear[] = "SELECT id FROM deliveries" NEAR;
constexpr char kAttemptsNear[] = "SELECT id FROM history" NEAR;
#undef NEAR
constexpr char kForgetCall[] =
    "UPDATE incoming_calls SET content = '' "
    "WHERE id = (SELECT call FROM incoming_call_messages WHERE message = ?)";

bool is_about(const HistoryEntry& entry, const MessageId& message) {
  return text_of(entry.data.object(), "message_id") == message.text;
}

}  // namespace

MessageRecords::MessageRecords(Session& session)
    : session_(session), deliveries_(make_delivery_store(session)) {}

std::vector<MessageRecords::Sent> MessageRecords::select(const char* sql, std::string_view key) {
  std::vector<Sent> out;
  Statement row = session_.connection.prepare(sql);
  row.bind(key);
  while (row.step()) out.push_back({row.id<MessageId>(0), row.time(1)});
  return out;
}

std::vector<std::string> MessageRecords::select_near(const char* sql, std::string_view time_part,
                                                     std::string_view text) {
  std::vector<std::string> out;
  Statement row = session_.connection.prepare(sql);
  row.bind(time_part, text);
  while (row.step()) out.push_back(row.text(0));
  return out;
}

std::vector<Delivery> MessageRecords::deliveries_of(const Sent& sent) {
  std::vector<Delivery> out;
  for (std::string& id : select_near(kDeliveriesNear, id_time_part(sent.at), sent.message.text)) {
    auto found = deliveries_->find(DeliveryId{std::move(id)});
    if (found && found->message == sent.message) out.push_back(*std::move(found));
  }
  return out;
}

// Those that are about the message, and the one that posted it.
std::vector<HistoryEntry> MessageRecords::attempts_near(const Sent& sent) {
  const std::string time_part = id_time_part(sent.at);
  std::vector<std::string> ids = select_near(kAttemptsNear, time_part, sent.message.text);
  const std::string_view own_part = std::string_view(sent.message.text).substr(0, kIdTimeLength);
  if (own_part.size() == kIdTimeLength && own_part != time_part) {
    for (std::string& id : select_near(kAttemptsNear, own_part, sent.message.text)) {
      ids.push_back(std::move(id));
    }
  }
  std::vector<HistoryEntry> out;
  for (std::string& id : ids) {
    if (auto found = deliveries_->find_history(HistoryId{std::move(id)})) {
      out.push_back(*std::move(found));
    }
  }
  return out;
}

void MessageRecords::forget_one(const Sent& sent, std::vector<Delivery>& dropped) {
  for (Delivery& delivery : deliveries_of(sent)) {
    if (delivery.forgotten()) continue;
    domain::forget(delivery);
    delivery.message_fate = delivery.open() ? MessageFate::DeletedWhileDue : MessageFate::Deleted;
    if (delivery.open()) {
      delivery.state = domain::DeliveryState::Dropped;
      dropped.push_back(delivery);
    }
    rewrite(session_, delivery);
  }
  for (HistoryEntry& entry : attempts_near(sent)) {
    if (is_about(entry, sent.message)) {
      domain::forget_all(entry);
    } else if (domain::has_posted(entry, sent.message)) {
      domain::forget_outcome(entry);
    } else {
      continue;
    }
    deliveries_->put_history(entry);
  }
  session_.connection.prepare(kForgetCall).bind(sent.message).run();
}

void MessageRecords::forget_each(const std::vector<Sent>& messages) {
  std::vector<Delivery> dropped;
  for (const Sent& sent : messages) forget_one(sent, dropped);
  if (dropped.empty()) return;
  session_.events.emplace_back(domain::DeliveriesCancelled{
      std::make_shared<const std::vector<Delivery>>(std::move(dropped))});
}

void MessageRecords::forget(const MessageId& message) {
  forget_each(select(kSelectOne, message.text));
}

void MessageRecords::forget_of_room(const domain::RoomId& room) {
  forget_each(select(kSelectOfRoom, room.text));
}

void MessageRecords::forget_of_author(const domain::UserId& author) {
  forget_each(select(kSelectOfAuthor, author.text));
}

void MessageRecords::forget(const MessageId& message, Time sent_at) {
  forget_each({{message, sent_at}});
}

}  // namespace gantry::store::sqlite
