#include "app/maintenance.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "base/log.h"
#include "domain/error_codes.h"

namespace gantry::app {
namespace {

constexpr std::chrono::seconds kRound{60};
constexpr std::int64_t kPrunedAtOnce = 500;  // rows in one transaction

}  // namespace

Maintenance::Maintenance(asio::any_io_executor executor, const domain::Context& context,
                         dispatch::Dispatcher& dispatcher, TaskGroup& tasks)
    : timer_(std::move(executor)), context_(context), dispatcher_(dispatcher), tasks_(tasks) {}

void Maintenance::start() {
  tasks_.spawn_on(timer_.get_executor(), "maintenance", run());
}

void Maintenance::stop() {
  stopping_.store(true);
  asio::post(timer_.get_executor(), [this] { timer_.cancel(); });
}

asio::awaitable<void> Maintenance::run() {
  while (!stopping_.load()) {
    dispatcher_.sweep();
    if (auto pruned = co_await prune(); !pruned) {
      log::warn("history not pruned", {{"why", text_of(pruned.error())}});
    }
    timer_.expires_after(kRound);
    boost::system::error_code cancelled;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

Task<void> Maintenance::prune() {
  const std::int64_t days = context_.directory.settings()->get_int(domain::Setting::HistoryDays);
  if (days <= 0) co_return Done{};
  const Time before = context_.clock.now() - std::chrono::days{days};
  const std::function<Result<std::int64_t>(domain::Tx&)> work =
      [before](domain::Tx& tx) -> Result<std::int64_t> {
    return tx.deliveries().prune_history(before, kPrunedAtOnce) +
           tx.deliveries().prune_deliveries(before, kPrunedAtOnce);
  };
  std::int64_t removed = 1;
  while (removed > 0 && !stopping_.load()) {
    CO_TRY(removed, co_await context_.store.write<std::int64_t>(work));
  }
  co_return Done{};
}

}  // namespace gantry::app
