#pragma once
// Threads: a reply names the message that it answers, and that message counts its replies and who
// follows them. Replies to replies belong to the first message.

#include "domain/store.h"

namespace gantry::domain {

// The first message of the thread that `message` belongs to or would begin; nothing when there is
// no such message in this room.
std::optional<Message> find_thread_root(const Tx& tx, const RoomId& room, const MessageId& message);

// Counts a reply that was just inserted; its author, those it mentions and the root's author
// follow.
void add_reply(Tx& tx, Message root, const Message& reply);

// Takes a removed reply off its root. The last one leaves no thread.
void remove_reply(Tx& tx, const Message& reply);

}  // namespace gantry::domain
