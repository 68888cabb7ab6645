#include "domain/delivery_records.h"

#include "base/derived_id.h"

namespace gantry::domain {

HistoryId history_id_of(const DeliveryId& delivery, int attempt) {
  return HistoryId{
      derived_id_beside(delivery.text, "history " + delivery.text + ' ' + std::to_string(attempt))};
}

Result<void> queue_again(Tx& tx, Delivery delivery, DeliveryId id, Time now) {
  delivery.id = std::move(id);
  delivery.state = DeliveryState::Queued;
  delivery.tries = 0;
  delivery.replay = true;
  delivery.cancelled_by = {};
  delivery.created_at = delivery.next_at = now;
  tx.deliveries().insert(delivery);
  return tx.record(DeliveryQueued{std::make_shared<const Delivery>(std::move(delivery))});
}

}  // namespace gantry::domain
