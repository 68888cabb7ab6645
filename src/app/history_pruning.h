#pragma once
// Prunes deliveries, their attempts and records of incoming calls beyond the age, the number and
// the size that the workspace keeps, in small transactions that nobody waits for, so that posting
// never waits long. One instance; its job runs alone.

#include <mutex>
#include <optional>

#include "domain/context.h"

namespace gantry::app {

struct PruningState {
  std::optional<Time> ended_at;  // of the last run; nothing before the first
  std::int64_t removed = 0;      // by all runs
  bool caught_up = true;         // the last run left nothing that may go
};

class HistoryPruning {
 public:
  explicit HistoryPruning(const domain::Context& context) : context_(context) {}

  // Errors: those of the store.
  Task<void> run();
  // From any thread.
  PruningState state() const;

 private:
  Task<void> prune_old();
  Task<void> prune_old_deliveries(Time before);
  Task<void> prune_many();
  Task<void> prune_large();
  // All that is of the time or before, as far as one run goes.
  Task<void> prune_until(domain::RecordKind kind, domain::IntegrationId integration, Time until);
  // The time from which on records are small enough together; nothing when all are.
  Task<std::optional<Time>> find_size_limit(std::int64_t bytes_max);
  Task<std::int64_t> count_bytes(Time from, Time to);
  std::vector<domain::IntegrationId> integrations() const;

  const domain::Context context_;
  std::int64_t steps_left_ = 0;    // of this run
  std::int64_t removed_ = 0;       // by all runs
  std::int64_t looked_up_to_ = 0;  // sequence of a delivery: where the next run goes on
  Time measured_at_;
  std::optional<Time> size_limit_;  // as it was measured
  mutable std::mutex mutex_;
  PruningState state_;  // under mutex_
};

}  // namespace gantry::app
