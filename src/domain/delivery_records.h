#pragma once
// How a delivery is tied to the records of its attempts, and how it is made again from one.

#include "domain/store.h"

namespace gantry::domain {

// The same attempt has the same entry, however often a crash makes it run.
HistoryId history_id_of(const DeliveryId& delivery, int attempt);

// Queues the delivery's payload again, without the order of its line, and gives the id: the one
// that is offered, or one of the same chance beside the delivery's message.
Result<DeliveryId> queue_again(Tx& tx, Delivery delivery, const DeliveryId& offered, Time now);

}  // namespace gantry::domain
