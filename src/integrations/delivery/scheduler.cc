#include "integrations/delivery/scheduler.h"

#include <unordered_set>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "base/log.h"
#include "domain/error_codes.h"

namespace gantry::integrations {
namespace {

// The clock may be moved without the timer knowing, so it looks at least this often.
constexpr Milliseconds kLookMax{1'000};

// Payloads in memory; when more deliveries wait, the others read theirs again.
constexpr std::size_t kPayloadsKeptMax = 1'000;

std::string line_of(const domain::Delivery& delivery) {
  return delivery.integration.text + '\n' + delivery.room.text + '\n' + delivery.url;
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

void DeliveryScheduler::follow(const domain::Event& event) {
  if (const auto* dropped = std::get_if<domain::DeliveriesCancelled>(&event)) {
    asio::post(strand_, [this, deliveries = dropped->deliveries] {
      forget(*deliveries);
      pump();
    });
    return;
  }
  const auto* queued = std::get_if<domain::DeliveryQueued>(&event);
  if (queued == nullptr) return;
  asio::post(strand_, [this, delivery = queued->delivery] {
    if (!loaded_) {
      early_.push_back(delivery);
      return;
    }
    if (delivery->sequence <= newest_loaded_) return;
    add(delivery);
    pump();
  });
}

asio::awaitable<void> DeliveryScheduler::load() {
  const std::function<Result<std::vector<domain::Delivery>>(const domain::Tx&)> work =
      [](const domain::Tx& tx) -> Result<std::vector<domain::Delivery>> {
    std::vector<domain::Delivery> out;
    tx.deliveries().visit_open([&](domain::Delivery delivery) {
      delivery.data.clear();  // read again when it runs
      out.push_back(std::move(delivery));
    });
    return out;
  };
  auto open = co_await tools_.context.store.read<std::vector<domain::Delivery>>(work);
  while (!open) {
    if (halted_) co_return;
    log::error("outbox not read", {{"why", text_of(open.error())}});
    co_await wait(options_.trouble_wait);
    open = co_await tools_.context.store.read<std::vector<domain::Delivery>>(work);
  }
  for (domain::Delivery& delivery : *open) {
    newest_loaded_ = std::max(newest_loaded_, delivery.sequence);
    add(std::make_shared<const domain::Delivery>(std::move(delivery)));
  }
  if (!open->empty()) log::info("deliveries taken up", {{"count", open->size()}});
  loaded_ = true;
  for (auto& delivery : early_) {
    if (delivery->sequence > newest_loaded_) add(std::move(delivery));
  }
  early_.clear();
  pump();
}

void DeliveryScheduler::add(std::shared_ptr<const domain::Delivery> delivery) {
  if (delivery->state == domain::DeliveryState::Retrying || delivery->replay) {
    retry_at(delivery->next_at, delivery->id);
    return;
  }
  const LineKey key = line_of(*delivery);
  Line& line = lines_[key];
  const domain::DeliveryId id = delivery->id;
  // The load leaves payloads out.
  if (waiting_ >= kPayloadsKeptMax || delivery->data.empty()) delivery.reset();
  line.waiting.push_back({id, std::move(delivery)});
  ++waiting_;
  if (!line.running && line.waiting.size() == 1) ready_lines_.push_back(key);
}

// One that is under way ends on its own: the store knows that nothing follows it. So does one that
// the load is about to bring, since it is read again before it runs.
void DeliveryScheduler::forget(const std::vector<domain::Delivery>& cancelled) {
  std::unordered_set<domain::DeliveryId> ids;
  for (const domain::Delivery& delivery : cancelled) {
    ids.insert(delivery.id);
    leave_line(delivery);
  }
  std::erase_if(early_, [&ids](const auto& delivery) { return ids.contains(delivery->id); });
  std::erase_if(due_, [&ids](const domain::DeliveryId& id) { return ids.contains(id); });
  std::erase_if(retries_, [&ids](const auto& retry) { return ids.contains(retry.second); });
}

void DeliveryScheduler::leave_line(const domain::Delivery& delivery) {
  const LineKey key = line_of(delivery);
  const auto at = lines_.find(key);
  if (at == lines_.end()) return;
  waiting_ -=
      std::erase_if(at->second.waiting, [&](const AttemptOf& of) { return of.id == delivery.id; });
  if (!at->second.running && at->second.waiting.empty()) {
    std::erase(ready_lines_, key);
    lines_.erase(at);
  }
}

void DeliveryScheduler::retry_at(Time at, domain::DeliveryId id) {
  const bool sooner = retries_.empty() || at < retries_.begin()->first;
  retries_.emplace(at, std::move(id));
  if (sooner) timer_.cancel();
}

asio::awaitable<void> DeliveryScheduler::watch_retries() {
  while (!stopping_) {
    const Time now = tools_.context.clock.now();
    while (!retries_.empty() && retries_.begin()->first <= now) {
      due_.push_back(std::move(retries_.begin()->second));
      retries_.erase(retries_.begin());
    }
    pump();
    Milliseconds wait = kLookMax;
    if (!retries_.empty()) wait = std::min(wait, retries_.begin()->first - now);
    timer_.expires_after(std::max(wait, Milliseconds{1}));
    boost::system::error_code cancelled;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

void DeliveryScheduler::pump() {
  while (!stopping_ && running_ < options_.running_max) {
    if (!due_.empty()) {
      domain::DeliveryId id = std::move(due_.front());
      due_.pop_front();
      metrics_.retries.fetch_add(1, std::memory_order_relaxed);
      spawn({std::move(id), nullptr}, std::nullopt);
      continue;
    }
    if (ready_lines_.empty()) break;
    LineKey key = std::move(ready_lines_.front());
    ready_lines_.pop_front();
    Line& line = lines_[key];
    line.running = true;
    AttemptOf of = std::move(line.waiting.front());
    line.waiting.pop_front();
    --waiting_;
    spawn(std::move(of), std::move(key));
  }
  gauge();
}

void DeliveryScheduler::spawn(AttemptOf of, std::optional<LineKey> line) {
  ++running_;
  metrics_.attempts.fetch_add(1, std::memory_order_relaxed);
  std::string name = "delivery " + of.id.text;
  tasks_.spawn_on(strand_, std::move(name), run(std::move(of), std::move(line)));
}

asio::awaitable<void> DeliveryScheduler::run(AttemptOf of, std::optional<LineKey> line) {
  const domain::DeliveryId id = of.id;
  AttemptEnd end;
  try {
    for (;;) {
      Attempt attempt(tools_, std::move(of), halted_);
      end = co_await attempt.run();
      of = {id, nullptr};
      if (end.next != AttemptEnd::Next::TryAgain || halted_) break;
      co_await wait_out_trouble();
    }
  } catch (const std::exception& fault) {
    log::error("delivery attempt failed", {{"delivery", id.text}, {"fault", fault.what()}});
    end = {AttemptEnd::Next::TryAgain, {}};
  }
  finished(id, line, end);
}

// The line waits, so that its order holds; the place goes to another meanwhile.
asio::awaitable<void> DeliveryScheduler::wait_out_trouble() {
  --running_;
  pump();
  co_await wait(options_.trouble_wait);
  ++running_;
}

void DeliveryScheduler::finished(const domain::DeliveryId& id, const std::optional<LineKey>& line,
                                 const AttemptEnd& end) {
  --running_;
  switch (end.next) {
    case AttemptEnd::Next::Done:
      break;
    case AttemptEnd::Next::RetryAt:
      retry_at(end.at, id);
      break;
    case AttemptEnd::Next::TryAgain:
      retry_at(tools_.context.clock.now() + options_.trouble_wait, id);
      break;
  }
  if (line) {
    const auto at = lines_.find(*line);
    at->second.running = false;
    if (at->second.waiting.empty()) {
      lines_.erase(at);
    } else {
      ready_lines_.push_back(*line);
    }
  }
  pump();
}

void DeliveryScheduler::gauge() {
  metrics_.waiting.store(waiting_, std::memory_order_relaxed);
  metrics_.retrying.store(retries_.size() + due_.size(), std::memory_order_relaxed);
  metrics_.running.store(running_, std::memory_order_relaxed);
}

}  // namespace gantry::integrations
