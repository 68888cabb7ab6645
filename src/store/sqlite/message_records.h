#pragma once
// Finds what records say of a message and takes it out, in the transaction that removes the message
// or gives it to another author. Deliveries and attempts are found by their ids, which begin with
// the time of the message that they are about, or of the delivery that led to it; no index is kept
// for it.

#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {

class MessageRecords {
 public:
  explicit MessageRecords(Session& session);

  // While the messages are still there.
  void forget(const domain::MessageId& message);
  void forget_of_room(const domain::RoomId& room);
  void forget_of_author(const domain::UserId& author);
  // Whether it is there or not.
  void forget(const domain::MessageId& message, Time sent_at);

 private:
  struct Sent {
    domain::MessageId message;
    Time at;
  };
  void forget_each(const std::vector<Sent>& messages);
  void forget_one(const Sent& sent, std::vector<domain::Delivery>& dropped);
  std::vector<Sent> select(const char* sql, std::string_view key);
  // Ids of rows made at that time that hold the text.
  std::vector<std::string> select_near(const char* sql, std::string_view time_part,
                                       std::string_view text);
  std::vector<domain::Delivery> deliveries_of(const Sent& sent);
  std::vector<domain::HistoryEntry> attempts_near(const Sent& sent);

  Session& session_;
  const std::unique_ptr<domain::DeliveryStore> deliveries_;
};

}  // namespace gantry::store::sqlite
