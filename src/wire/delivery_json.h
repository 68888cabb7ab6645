#pragma once
// Outgoing deliveries and their attempts as the delivery log shows them.

#include "base/json.h"
#include "domain/delivery_service.h"

namespace gantry::wire {

std::string_view to_text(domain::DeliveryState state);
std::optional<domain::DeliveryState> find_delivery_state(std::string_view text);

// A row of the list. The directory gives the name of who cancelled it.
json::object to_json(const domain::LoggedDelivery& logged, const domain::Directory& directory);

// The same with the payload and all attempts.
json::object to_detail_json(const domain::LoggedDelivery& logged,
                            const domain::Directory& directory);

// A number for each state.
json::object to_json(const domain::DeliveryCounts& counts);

}  // namespace gantry::wire
