#pragma once
// Removing many records in transactions so small that writing goes on between them.

#include "domain/context.h"

namespace gantry::domain {

inline constexpr RecordKind kRecordKinds[] = {RecordKind::Delivery, RecordKind::Attempt,
                                              RecordKind::IncomingCall};
// Rows of one transaction.
inline constexpr std::int64_t kPrunedAtOnce = 100;

struct PruneJob {
  RecordKind kind = RecordKind::Delivery;
  IntegrationId integration;
  Time until;  // included
  std::int64_t steps_max = INT64_MAX;
  Urgency urgency = Urgency::Soon;
};

struct Pruned {
  std::int64_t steps = 0;
  std::int64_t removed = 0;
};

// Removes oldest first, but for what belongs to open deliveries.
Task<Pruned> prune_records(Store& store, PruneJob job);

// All records of the integration that belong to no open delivery, while the caller waits.
Task<void> clear_records(Store& store, RecordKind kind, IntegrationId integration, Time now);

}  // namespace gantry::domain
