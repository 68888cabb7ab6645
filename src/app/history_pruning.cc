#include "app/history_pruning.h"

namespace gantry::app {
namespace {

constexpr std::int64_t kPrunedAtOnce = 500;  // rows in one transaction
constexpr int kTransactionsInOneRun = 200;   // the rest waits for the next run

}  // namespace

Task<void> HistoryPruning::run() {
  CO_TRY_DO(co_await prune_old());
  co_return co_await prune_many();
}

Task<void> HistoryPruning::prune_old() {
  const std::int64_t days = context_.directory.settings()->get_int(domain::Setting::HistoryDays);
  if (days <= 0) co_return Done{};
  const Time before = context_.clock.now() - std::chrono::days{days};
  const std::function<Result<std::int64_t>(domain::Tx&)> work =
      [before](domain::Tx& tx) -> Result<std::int64_t> {
    return tx.deliveries().prune_history(before, kPrunedAtOnce) +
           tx.deliveries().prune_deliveries(before, kPrunedAtOnce) +
           tx.incoming_calls().prune(before, kPrunedAtOnce);
  };
  for (int i = 0; i < kTransactionsInOneRun; ++i) {
    CO_TRY(const std::int64_t removed, co_await context_.store.write<std::int64_t>(work));
    if (removed == 0) break;
  }
  co_return Done{};
}

Task<void> HistoryPruning::prune_many() {
  const std::int64_t kept =
      context_.directory.settings()->get_int(domain::Setting::HistoryPerIntegration);
  if (kept <= 0) co_return Done{};
  using Ids = std::vector<domain::IntegrationId>;
  const std::function<Result<Ids>(const domain::Tx&)> look =
      [kept](const domain::Tx& tx) -> Result<Ids> { return tx.incoming_calls().list_beyond(kept); };
  CO_TRY(const Ids ids, co_await context_.store.read<Ids>(look));
  int left = kTransactionsInOneRun;
  for (const domain::IntegrationId& id : ids) {
    const std::function<Result<std::int64_t>(domain::Tx&)> work =
        [id, kept](domain::Tx& tx) -> Result<std::int64_t> {
      return tx.incoming_calls().prune_beyond(id, kept, kPrunedAtOnce);
    };
    while (left-- > 0) {
      CO_TRY(const std::int64_t removed, co_await context_.store.write<std::int64_t>(work));
      if (removed < kPrunedAtOnce) break;
    }
  }
  co_return Done{};
}

}  // namespace gantry::app
