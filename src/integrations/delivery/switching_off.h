#pragma once
// When the end of a delivery switches its integration off: the target said 410, or nothing has come
// through for a long time. The maker is told by a direct message. All of it is part of the
// transaction that ends the attempt, so it happens once, however often the attempt runs.

#include "domain/delivery.h"
#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::integrations {

// So many deliveries must have failed, however long that took: what fails once a week is not dead.
inline constexpr std::int64_t kFailuresBeforeSwitchingOff = 10;

enum class Outcome {
  Unsaid,    // it goes on, or ended without a word about the target
  Accepted,  // the target took it, or its script posted something
  Failed,    // and will not be tried again
  Gone,      // the target answered 410
};

struct OutcomeOf {
  const domain::Directory& directory;
  const domain::Delivery& delivery;
  Outcome outcome = Outcome::Unsaid;
  Time now;
};

// Keeps count of failures, and switches off. Gives the reason when it did, for the record.
std::optional<std::string> follow_outcome(domain::Tx& tx, const OutcomeOf& ended);

}  // namespace gantry::integrations
