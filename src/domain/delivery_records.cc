#include "domain/delivery_records.h"

#include "base/derived_id.h"
#include "domain/record_content.h"

namespace gantry::domain {

HistoryId history_id_of(const DeliveryId& delivery, int attempt) {
  return HistoryId{
      derived_id_beside(delivery.text, "history " + delivery.text + ' ' + std::to_string(attempt))};
}

Result<DeliveryId> queue_again(Tx& tx, Delivery delivery, const DeliveryId& offered, Time now) {
  const auto message = tx.messages().find(delivery.message);
  const DeliveryId id = message ? id_beside(*message, offered) : offered;
  delivery.id = id;
  delivery.state = DeliveryState::Queued;
  delivery.tries = 0;
  delivery.replay = true;
  delivery.cancelled_by = {};
  delivery.created_at = delivery.next_at = now;
  tx.deliveries().insert(delivery);
  TRY_DO(tx.record(DeliveryQueued{std::make_shared<const Delivery>(std::move(delivery))}));
  return id;
}

}  // namespace gantry::domain
