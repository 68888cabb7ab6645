#pragma once
// Removing many records in transactions so small that writing goes on between them.

#include "domain/context.h"

namespace gantry::domain {

inline constexpr RecordKind kRecordKinds[] = {RecordKind::Delivery, RecordKind::Attempt,
                                              RecordKind::IncomingCall};
// Rows of one transaction, at most.
inline constexpr std::int64_t kPrunedAtOnce = 100;
// A transaction that works longer has fewer rows the next time: old rows lie on pages of their own,
// and a post may wait for each of them to be read and written.
inline constexpr std::chrono::milliseconds kPruneStepMax{2};

struct PruneJob {
  RecordKind kind = RecordKind::Delivery;
  IntegrationId integration;
  Time until;  // included
  std::int64_t rows_max = INT64_MAX;
  Urgency urgency = Urgency::Soon;
};

// Removes oldest first, but for what belongs to open deliveries; gives how many rows went.
Task<std::int64_t> prune_records(Store& store, PruneJob job);

// All records of the integration that belong to no open delivery, while the caller waits.
Task<void> clear_records(Store& store, RecordKind kind, IntegrationId integration, Time now);

}  // namespace gantry::domain
