#include "domain/record_pruning.h"

#include <algorithm>

namespace gantry::domain {
namespace {

constexpr std::int64_t kFirstStepRows = 20;
constexpr std::int64_t kStepRowsMin = 4;
constexpr std::chrono::hours kFuture{24};  // for records of a clock that was set back

}  // namespace

Task<std::int64_t> prune_records(Store& store, PruneJob job) {
  using Clock = std::chrono::steady_clock;
  std::int64_t removed = 0;
  std::int64_t rows = kFirstStepRows;
  Time from = from_epoch_ms(0);
  while (removed < job.rows_max) {
    Clock::duration took{0};
    const std::function<Result<PruneStep>(Tx&)> work = [&](Tx& tx) -> Result<PruneStep> {
      const auto started = Clock::now();
      const PruneStep step = tx.records().prune(job.kind, job.integration, from, job.until, rows);
      took = Clock::now() - started;
      return step;
    };
    CO_TRY(const PruneStep step, co_await store.write<PruneStep>(work, job.urgency));
    removed += step.removed;
    if (step.looked_at < rows) break;
    // What stays belongs to open deliveries; the next step looks behind it.
    from = step.removed == 0 ? step.last + Milliseconds{1} : step.last;
    rows = took > kPruneStepMax ? rows / 2 : rows + rows / 2;
    rows = std::clamp(rows, kStepRowsMin, kPrunedAtOnce);
  }
  co_return removed;
}

Task<void> clear_records(Store& store, RecordKind kind, IntegrationId integration, Time now) {
  PruneJob job;
  job.kind = kind;
  job.integration = std::move(integration);
  job.until = now + kFuture;
  job.urgency = Urgency::Now;
  CO_TRY_DO(co_await prune_records(store, std::move(job)));
  co_return Done{};
}

}  // namespace gantry::domain
