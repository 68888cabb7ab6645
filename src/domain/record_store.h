#pragma once
// What is kept of deliveries, their attempts and incoming calls once the work is done: how long,
// how many, how large.

#include "domain/stores.h"

namespace gantry::domain {

enum class RecordKind { Delivery, Attempt, IncomingCall };

// How far one step of pruning came.
struct PruneStep {
  std::int64_t looked_at = 0;
  std::int64_t removed = 0;
  Time last;  // of those that were looked at
};

class RecordStore {
 public:
  virtual ~RecordStore() = default;

  // The time of the first record that is too many when the newest `kept` stay. Attempts have the
  // time at which they were last written, the others that at which they were made.
  virtual std::optional<Time> find_beyond(RecordKind kind, const IntegrationId& integration,
                                          std::int64_t kept) const = 0;
  // Looks at the records of that time span, oldest first, at most `count`, and removes those that
  // belong to no open delivery.
  virtual PruneStep prune(RecordKind kind, const IntegrationId& integration, Time from, Time to,
                          std::int64_t count) = 0;
  // Bytes of the records of the time span, `to` excluded.
  virtual std::int64_t count_bytes(Time from, Time to) const = 0;
  virtual std::optional<Time> find_oldest() const = 0;
  // Bytes of the whole database, without what is free in it.
  virtual std::int64_t count_all_bytes() const = 0;
};

}  // namespace gantry::domain
