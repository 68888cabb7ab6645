#include "app/history_pruning.h"

#include "domain/record_pruning.h"

namespace gantry::app {
namespace {

using domain::IntegrationId;
using domain::kPrunedAtOnce;
using domain::RecordKind;

constexpr std::int64_t kStepsInOneRun = 1'000;  // the rest waits for the next run
// Measuring reads all records that are kept, so it is not done in each run.
constexpr std::chrono::hours kMeasuringPeriod{1};
constexpr std::chrono::minutes kMeasuredAtOnce{1};
constexpr std::chrono::hours kFuture{24};  // for clocks that were set back

}  // namespace

Task<void> HistoryPruning::run() {
  steps_left_ = kStepsInOneRun;
  CO_TRY_DO(co_await prune_old());
  CO_TRY_DO(co_await prune_many());
  CO_TRY_DO(co_await prune_large());
  const std::lock_guard lock(mutex_);
  state_ = {context_.clock.now(), removed_, steps_left_ > 0};
  co_return Done{};
}

PruningState HistoryPruning::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::vector<IntegrationId> HistoryPruning::integrations() const {
  std::vector<IntegrationId> out;
  for (const auto& entry : context_.directory.list_integrations()) {
    out.push_back(entry->integration.id);
  }
  return out;
}

Task<void> HistoryPruning::prune_old() {
  const std::int64_t days = context_.directory.settings()->get_int(domain::Setting::HistoryDays);
  if (days <= 0) co_return Done{};
  const Time before = context_.clock.now() - std::chrono::days{days};
  const std::function<Result<std::int64_t>(domain::Tx&)> work =
      [before](domain::Tx& tx) -> Result<std::int64_t> {
    return tx.deliveries().prune_history(before, kPrunedAtOnce) +
           tx.incoming_calls().prune(before, kPrunedAtOnce);
  };
  for (; steps_left_ > 0; --steps_left_) {
    CO_TRY(const std::int64_t removed,
           co_await context_.store.write<std::int64_t>(work, domain::Urgency::Soon));
    removed_ += removed;
    if (removed == 0) break;
  }
  co_return co_await prune_old_deliveries(before);
}

// Open ones stay where they are, however many; a run that had no time for all behind them goes on
// there.
Task<void> HistoryPruning::prune_old_deliveries(Time before) {
  using Step = domain::DeliveryPruning;
  for (; steps_left_ > 0; --steps_left_) {
    const std::function<Result<Step>(domain::Tx&)> work =
        [before, after = looked_up_to_](domain::Tx& tx) -> Result<Step> {
      return tx.deliveries().prune_deliveries(before, after, kPrunedAtOnce);
    };
    CO_TRY(const Step step, co_await context_.store.write<Step>(work, domain::Urgency::Soon));
    removed_ += step.removed;
    // None is old: the others are younger.
    looked_up_to_ = step.old == 0 ? 0 : step.last;
    if (step.old == 0) break;
  }
  co_return Done{};
}

Task<void> HistoryPruning::prune_many() {
  const std::int64_t kept =
      context_.directory.settings()->get_int(domain::Setting::HistoryPerIntegration);
  if (kept <= 0) co_return Done{};
  using Found = std::optional<Time>;
  for (const IntegrationId& id : integrations()) {
    for (const RecordKind kind : domain::kRecordKinds) {
      const std::function<Result<Found>(const domain::Tx&)> look =
          [kind, id, kept](const domain::Tx& tx) -> Result<Found> {
        return tx.records().find_beyond(kind, id, kept);
      };
      CO_TRY(const Found beyond, co_await context_.store.read<Found>(look));
      if (beyond) CO_TRY_DO(co_await prune_until(kind, id, *beyond));
    }
  }
  co_return Done{};
}

Task<void> HistoryPruning::prune_large() {
  const std::int64_t bytes_max =
      context_.directory.settings()->get_int(domain::Setting::HistoryBytes);
  if (bytes_max <= 0) co_return Done{};
  const std::function<Result<std::int64_t>(const domain::Tx&)> look =
      [](const domain::Tx& tx) -> Result<std::int64_t> { return tx.records().count_all_bytes(); };
  CO_TRY(const std::int64_t all, co_await context_.store.read<std::int64_t>(look));
  if (all <= bytes_max) co_return Done{};
  const Time now = context_.clock.now();
  if (measured_at_ == Time{} || now - measured_at_ >= kMeasuringPeriod || now < measured_at_) {
    CO_TRY(size_limit_, co_await find_size_limit(bytes_max));
    measured_at_ = now;
  }
  if (!size_limit_) co_return Done{};
  for (const IntegrationId& id : integrations()) {
    for (const RecordKind kind : domain::kRecordKinds) {
      CO_TRY_DO(co_await prune_until(kind, id, *size_limit_));
    }
  }
  co_return Done{};
}

Task<void> HistoryPruning::prune_until(RecordKind kind, IntegrationId integration, Time until) {
  domain::PruneJob job;
  job.kind = kind;
  job.integration = std::move(integration);
  job.until = until;
  job.rows_max = steps_left_ * kPrunedAtOnce;
  CO_TRY(const std::int64_t rows, co_await domain::prune_records(context_.store, std::move(job)));
  steps_left_ -= (rows + kPrunedAtOnce - 1) / kPrunedAtOnce;
  removed_ += rows;
  co_return Done{};
}

Task<std::int64_t> HistoryPruning::count_bytes(Time from, Time to) {
  const std::function<Result<std::int64_t>(const domain::Tx&)> work =
      [from, to](const domain::Tx& tx) -> Result<std::int64_t> {
    return tx.records().count_bytes(from, to);
  };
  co_return co_await context_.store.read<std::int64_t>(work);
}

Task<std::optional<Time>> HistoryPruning::find_size_limit(std::int64_t bytes_max) {
  using Found = std::optional<Time>;
  const std::function<Result<Found>(const domain::Tx&)> look =
      [](const domain::Tx& tx) -> Result<Found> { return tx.records().find_oldest(); };
  CO_TRY(const Found oldest, co_await context_.store.read<Found>(look));
  if (!oldest) co_return Found();
  const Time now = context_.clock.now();
  Time to = now + kFuture;
  std::int64_t bytes = 0;
  for (Time from = now - kMeasuredAtOnce; to > *oldest; from -= kMeasuredAtOnce) {
    CO_TRY(const std::int64_t more, co_await count_bytes(from, to));
    bytes += more;
    // What is of the last moments stays in any case.
    if (bytes > bytes_max) co_return Found(std::min(to, now - kMeasuredAtOnce));
    to = from;
  }
  co_return Found();
}

}  // namespace gantry::app
