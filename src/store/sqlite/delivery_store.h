#pragma once
// What other stores need of the deliveries' rows.

#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {

// State and content anew, which are otherwise written once.
void rewrite(Session& session, const domain::Delivery& delivery);

}  // namespace gantry::store::sqlite
