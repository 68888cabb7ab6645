#include "integrations/delivery/scheduler.h"

#include <unordered_set>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "base/log.h"
#include "domain/delivery_records.h"
#include "domain/error_codes.h"

namespace gantry::integrations {
namespace {

// The clock may be moved without the timer knowing, so it looks at least this often.
constexpr Milliseconds kLookMax{1'000};

// Payloads in memory; when more deliveries wait, the others read theirs again.
constexpr std::size_t kPayloadsKeptMax = 1'000;

// Of the outbox, at start.
constexpr std::size_t kReadAtOnce = 2'000;

// When the clock was set back since the retry was decided, its wait begins anew.
Time due_at(const domain::Tx& tx, const domain::Delivery& delivery, Time now) {
  const auto attempt =
      tx.deliveries().find_history(domain::history_id_of(delivery.id, delivery.tries - 1));
  if (!attempt || attempt->updated_at <= now) return delivery.next_at;
  return now + (delivery.next_at - attempt->updated_at);
}

// On the executor of the caller.
asio::awaitable<void> wait(Milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  boost::system::error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace

DeliveryScheduler::DeliveryScheduler(const asio::any_io_executor& executor, AttemptTools tools,
                                     TaskGroup& tasks, SchedulerOptions options)
    : strand_(asio::make_strand(executor)),
      tools_(tools),
      tasks_(tasks),
      options_(options),
      order_(options.attempts),
      timer_(strand_) {}

void DeliveryScheduler::start() {
  tasks_.spawn_on(strand_, "outbox load", load());
  tasks_.spawn_on(strand_, "delivery retries", watch_retries());
}

void DeliveryScheduler::stop() {
  halted_ = true;
  asio::post(strand_, [this] {
    stopping_ = true;
    timer_.cancel();
  });
}

void DeliveryScheduler::wake() {
  asio::post(strand_, [this] { timer_.cancel(); });
}

asio::awaitable<OpenTargets> DeliveryScheduler::open_targets() {
  const auto look = [](const AttemptOrder* order) -> asio::awaitable<OpenTargets> {
    co_return OpenTargets{order->open_circuits(), order->open_targets(OpenTargets::kShownMax)};
  };
  co_return co_await asio::co_spawn(strand_, look(&order_), asio::use_awaitable);
}

// A commit tells of many, and one turn of the strand serves all.
void DeliveryScheduler::follow(const domain::Event& event) {
  const bool is_queued = std::holds_alternative<domain::DeliveryQueued>(event);
  if (!is_queued && !std::holds_alternative<domain::DeliveriesCancelled>(event)) return;
  {
    const std::lock_guard lock(told_mutex_);
    told_.push_back(event);
    if (told_.size() > 1) return;
  }
  asio::post(strand_, [this] { take_told(); });
}

void DeliveryScheduler::take_told() {
  std::vector<domain::Event> told;
  {
    const std::lock_guard lock(told_mutex_);
    told.swap(told_);
  }
  for (const domain::Event& event : told) {
    if (const auto* dropped = std::get_if<domain::DeliveriesCancelled>(&event)) {
      forget(*dropped->deliveries);
      continue;
    }
    const auto& delivery = std::get<domain::DeliveryQueued>(event).delivery;
    if (!loaded_) {
      early_.push_back(delivery);
    } else if (delivery->sequence > newest_loaded_) {
      add(delivery);
    }
  }
  pump();
}

Task<std::vector<domain::Delivery>> DeliveryScheduler::read_open(std::int64_t after) {
  const std::function<Result<std::vector<domain::Delivery>>(const domain::Tx&)> work =
      [after, now = tools_.context.clock.now()](
          const domain::Tx& tx) -> Result<std::vector<domain::Delivery>> {
    std::vector<domain::Delivery> out;
    tx.deliveries().visit_open(after, kReadAtOnce, [&](domain::Delivery delivery) {
      delivery.data = {};  // read again when it runs
      out.push_back(std::move(delivery));
    });
    for (domain::Delivery& delivery : out) {
      if (delivery.state == domain::DeliveryState::Retrying) {
        delivery.next_at = due_at(tx, delivery, now);
      }
    }
    return out;
  };
  co_return co_await tools_.context.store.read<std::vector<domain::Delivery>>(work);
}

// What is read may begin while the rest is read: later ones stand behind it in their lines.
asio::awaitable<void> DeliveryScheduler::load() {
  std::size_t count = 0;
  for (bool is_whole = false; !is_whole;) {
    auto open = co_await read_open(newest_loaded_);
    if (halted_) co_return;
    if (!open) {
      log::error("outbox not read", {{"why", text_of(open.error())}});
      co_await wait(options_.trouble_wait);
      continue;
    }
    for (domain::Delivery& delivery : *open) {
      newest_loaded_ = delivery.sequence;
      add(std::make_shared<const domain::Delivery>(std::move(delivery)));
    }
    count += open->size();
    is_whole = open->size() < kReadAtOnce;
    pump();
  }
  if (count > 0) log::info("deliveries taken up", {{"count", count}});
  loaded_ = true;
  for (auto& delivery : early_) {
    if (delivery->sequence > newest_loaded_) add(std::move(delivery));
  }
  early_.clear();
  pump();
}

void DeliveryScheduler::add(std::shared_ptr<const domain::Delivery> delivery) {
  Turn turn{{delivery->id, nullptr}, lanes_.of(*delivery)};
  const Time now = tools_.context.clock.now();
  const bool retries = delivery->state == domain::DeliveryState::Retrying;
  if (retries || delivery->replay) {
    retry_at(retries ? delivery->next_at : now, std::move(turn));
    return;
  }
  turn.in_line = true;
  // The load leaves payloads out.
  const bool knows_payload = !delivery->data.is_null() && order_.waiting() < kPayloadsKeptMax;
  if (knows_payload) turn.of.delivery = std::move(delivery);
  order_.add(std::move(turn), now);
}

// One that is under way ends on its own: the store knows that nothing follows it. So does one that
// the load is about to bring, since it is read again before it runs.
void DeliveryScheduler::forget(const std::vector<domain::Delivery>& cancelled) {
  std::unordered_set<domain::DeliveryId> ids;
  for (const domain::Delivery& delivery : cancelled) ids.insert(delivery.id);
  std::erase_if(early_, [&ids](const auto& delivery) { return ids.contains(delivery->id); });
  std::erase_if(retries_, [&ids](const auto& retry) { return ids.contains(retry.second.of.id); });
  order_.forget(ids, tools_.context.clock.now());
}

// A clock that is set back would let all of them wait longer by as much.
void DeliveryScheduler::follow_clock(Time now) {
  const Milliseconds back = looked_at_ - now;
  looked_at_ = now;
  if (back <= Milliseconds{0}) return;
  std::multimap<Time, Turn> moved;
  for (auto& [at, turn] : retries_) moved.emplace_hint(moved.end(), at - back, std::move(turn));
  retries_ = std::move(moved);
}

void DeliveryScheduler::retry_at(Time at, Turn turn) {
  follow_clock(tools_.context.clock.now());
  const bool sooner = retries_.empty() || at < retries_.begin()->first;
  turn.in_line = false;
  turn.of.delivery.reset();
  retries_.emplace(at, std::move(turn));
  if (sooner) timer_.cancel();
}

asio::awaitable<void> DeliveryScheduler::watch_retries() {
  while (!stopping_) {
    const Time now = tools_.context.clock.now();
    follow_clock(now);
    while (!retries_.empty() && retries_.begin()->first <= now) {
      metrics_.retries.fetch_add(1, std::memory_order_relaxed);
      order_.add(std::move(retries_.begin()->second), now);
      retries_.erase(retries_.begin());
    }
    order_.wake(now);
    pump();
    Milliseconds wait = kLookMax;
    if (!retries_.empty()) wait = std::min(wait, retries_.begin()->first - now);
    if (const auto probe = order_.probe_at()) wait = std::min(wait, *probe - now);
    timer_.expires_after(std::max(wait, Milliseconds{1}));
    boost::system::error_code cancelled;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

void DeliveryScheduler::pump() {
  while (!stopping_) {
    auto turn = order_.next(tools_.context.clock.now());
    if (!turn) break;
    metrics_.attempts.fetch_add(1, std::memory_order_relaxed);
    std::string name = "delivery " + turn->of.id.text;
    tasks_.spawn_on(strand_, std::move(name), run(*std::move(turn)));
  }
  gauge();
}

asio::awaitable<void> DeliveryScheduler::run(Turn turn) {
  AttemptEnd end;
  try {
    for (;;) {
      Attempt attempt(tools_, std::exchange(turn.of, {turn.of.id, nullptr}), halted_);
      end = co_await attempt.run();
      if (end.next != AttemptEnd::Next::TryAgain || halted_) break;
      co_await wait_out_trouble(&turn);
    }
  } catch (const std::exception& fault) {
    log::error("delivery attempt failed", {{"delivery", turn.of.id.text}, {"fault", fault.what()}});
    end = {};
    end.next = AttemptEnd::Next::TryAgain;
  }
  finished(std::move(turn), end);
}

// The line waits, so that its order holds; the place goes to another meanwhile.
asio::awaitable<void> DeliveryScheduler::wait_out_trouble(const Turn* turn) {
  order_.step_aside(*turn, tools_.context.clock.now());
  pump();
  co_await wait(options_.trouble_wait);
  order_.step_back(*turn);
}

void DeliveryScheduler::finished(Turn turn, const AttemptEnd& end) {
  const Time now = tools_.context.clock.now();
  order_.ended(turn, end.reach, end.took, now);
  switch (end.next) {
    case AttemptEnd::Next::Done:
      break;
    case AttemptEnd::Next::RetryAt:
      retry_at(end.at, std::move(turn));
      break;
    case AttemptEnd::Next::TryAgain:
      retry_at(now + options_.trouble_wait, std::move(turn));
      break;
  }
  pump();
}

void DeliveryScheduler::gauge() {
  metrics_.waiting.store(order_.waiting(), std::memory_order_relaxed);
  metrics_.retrying.store(retries_.size(), std::memory_order_relaxed);
  metrics_.running.store(order_.running(), std::memory_order_relaxed);
  metrics_.open_circuits.store(order_.open_circuits(), std::memory_order_relaxed);
}

}  // namespace gantry::integrations
