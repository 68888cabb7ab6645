#pragma once
// Which deliveries a range selects, by indexes: one walks the deliveries of an integration in the
// order of their time, a small one those that went wrong, and one all that are open.

#include "domain/stores.h"
#include "store/sqlite/connection.h"

namespace gantry::store::sqlite {

// The sequences of a page, newest first.
std::vector<std::int64_t> newest_of(Connection& connection, const domain::DeliveryRange& range,
                                    const domain::Page& page);

domain::DeliveryCounts count_deliveries(Connection& connection, const domain::DeliveryRange& range);

}  // namespace gantry::store::sqlite
