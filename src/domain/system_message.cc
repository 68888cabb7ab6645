#include "domain/system_message.h"

namespace gantry::domain {

UserRef to_ref(const User& user) {
  return {user.id, user.username, user.name};
}

Result<Message> add_system_message(Tx& tx, const Room& room, const UserRef& author,
                                   std::string_view type, std::string text, Time now,
                                   std::string role) {
  Message message;
  message.id = new_ordered_id<MessageId>(now);
  message.room = room.id;
  message.sent_at = message.updated_at = now;
  message.text = std::move(text);
  message.author = author;
  message.type = type;
  message.role = std::move(role);
  message.groupable = false;
  tx.messages().insert(message);
  tx.rooms().count_messages(room.id, 1, nullptr);
  TRY_DO(tx.record(MessageSent{std::make_shared<const Message>(message),
                               std::make_shared<const Room>(room), false}));
  return message;
}

}  // namespace gantry::domain
