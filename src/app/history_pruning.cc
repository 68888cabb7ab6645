#include "app/history_pruning.h"

namespace gantry::app {
namespace {

constexpr std::int64_t kPrunedAtOnce = 500;  // rows in one transaction
constexpr int kTransactionsInOneRun = 200;   // the rest waits for the next run

}  // namespace

Task<void> HistoryPruning::run() {
  const std::int64_t days = context_.directory.settings()->get_int(domain::Setting::HistoryDays);
  if (days <= 0) co_return Done{};
  const Time before = context_.clock.now() - std::chrono::days{days};
  const std::function<Result<std::int64_t>(domain::Tx&)> work =
      [before](domain::Tx& tx) -> Result<std::int64_t> {
    return tx.deliveries().prune_history(before, kPrunedAtOnce) +
           tx.deliveries().prune_deliveries(before, kPrunedAtOnce);
  };
  for (int i = 0; i < kTransactionsInOneRun; ++i) {
    CO_TRY(const std::int64_t removed, co_await context_.store.write<std::int64_t>(work));
    if (removed == 0) break;
  }
  co_return Done{};
}

}  // namespace gantry::app
