#pragma once
// How a delivery is tied to the records of its attempts, and how it is made again from one.

#include "domain/store.h"

namespace gantry::domain {

// The same attempt has the same entry, however often a crash makes it run.
HistoryId history_id_of(const DeliveryId& delivery, int attempt);

// Queues the delivery's payload again under the new id, without the order of its line.
Result<void> queue_again(Tx& tx, Delivery delivery, DeliveryId id, Time now);

}  // namespace gantry::domain
