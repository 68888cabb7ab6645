#include "domain/record_pruning.h"

namespace gantry::domain {
namespace {

constexpr std::chrono::hours kFuture{24};  // for records of a clock that was set back

}  // namespace

Task<Pruned> prune_records(Store& store, PruneJob job) {
  Pruned out;
  Time from = from_epoch_ms(0);
  while (out.steps < job.steps_max) {
    const std::function<Result<PruneStep>(Tx&)> work = [&job, from](Tx& tx) -> Result<PruneStep> {
      return tx.records().prune(job.kind, job.integration, from, job.until, kPrunedAtOnce);
    };
    CO_TRY(const PruneStep step, co_await store.write<PruneStep>(work, job.urgency));
    if (step.removed > 0) ++out.steps;
    out.removed += step.removed;
    if (step.looked_at < kPrunedAtOnce) break;
    // What stays belongs to open deliveries; the next step looks behind it.
    from = step.removed == 0 ? step.last + Milliseconds{1} : step.last;
  }
  co_return out;
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
