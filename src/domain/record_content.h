#pragma once
// What the records of outgoing deliveries hold of messages, and how it leaves them when a message
// is deleted. Ids, times, states, steps and status codes stay, and errors that no script worded.

#include "domain/store.h"

namespace gantry::domain {

// An id of the same chance beside the others that are about the message.
DeliveryId id_beside(const Message& message, const DeliveryId& id);

// Whether a message of this id was posted in the attempt.
bool has_posted(const HistoryEntry& entry, const MessageId& message);
// Whether errors of the attempt may quote what the script was given.
bool has_errors_of_script(const HistoryEntry& entry);

// The payload goes.
void forget(Delivery& delivery);
// All that was made of the payload goes: request, answer, messages, what a script printed.
void forget_outcome(HistoryEntry& entry);
// The payload goes, too.
void forget_all(HistoryEntry& entry);

// What a workspace that keeps no bodies does not keep of an attempt: all that is forgotten with a
// message.
void drop_bodies(HistoryEntry& entry);
// The same for a delivery that has ended, and all its attempts.
void drop_bodies(Tx& tx, Delivery delivery);

// Before an attempt is recorded: messages may have been deleted while it lasted, that of the
// delivery and those that it posted earlier.
void follow_messages(const Tx& tx, HistoryEntry& entry);

}  // namespace gantry::domain
