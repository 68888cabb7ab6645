#include "integrations/script/worker_pool.h"

#include <algorithm>
#include <future>
#include <thread>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <sys/socket.h>

#include "base/thread_role.h"
#include "integrations/script/worker_pool_parts.h"

namespace gantry::integrations::script {

namespace {

// How long a run waits for the worker that has its integration's globals before it starts anew in
// another one.
constexpr auto kHomeWait = std::chrono::milliseconds(100);
constexpr auto kWarmUpDelay = std::chrono::milliseconds(200);
// An io_context that nobody runs any more must not hold up the end.
constexpr auto kFlushMax = std::chrono::seconds(5);

std::size_t cores_or(std::size_t wanted) {
  if (wanted > 0) return wanted;
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

WorkerPool::WorkerPool(asio::io_context& io, const WorkerPoolOptions& options)
    : options_(options),
      computing_max_(cores_or(options_.computing_max)),
      io_(io),
      strand_(asio::make_strand(io)),
      tasks_(io.get_executor()),
      house_timer_(strand_),
      long_run_timer_(strand_),
      spawner_(std::make_unique<WorkerSpawner>()) {}

WorkerPool::~WorkerPool() {
  stop();
  join();
}

asio::awaitable<RunOutcome> WorkerPool::run(RunRequest request) {
  // Large events are written as text here, not on the strand that all runs share.
  std::string argument = to_json_text(request.argument);
  std::string store = to_json_text(request.store);
  co_return co_await asio::co_spawn(
      strand_, run_here(std::move(request), std::move(argument), std::move(store)),
      asio::use_awaitable);
}

asio::awaitable<CompileOutcome> WorkerPool::compile(std::string source, CompileMode mode,
                                                    ScriptLimits limits) {
  co_return co_await asio::co_spawn(strand_, compile_here(std::move(source), mode, limits),
                                    asio::use_awaitable);
}

void WorkerPool::warm_up() {
  tasks_.spawn_on(strand_, "script worker warm-up", start_first());
}

asio::awaitable<void> WorkerPool::start_first() {
  house_timer_.expires_after(kWarmUpDelay);
  boost::system::error_code ignored;
  co_await house_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (!stopping_ && workers_.empty() && starting_ == 0) start_worker();
}

void WorkerPool::forget(std::string integration_id) {
  asio::post(strand_, [this, integration_id = std::move(integration_id)] {
    const auto home = homes_.find(integration_id);
    if (home == homes_.end()) return;
    for (Slot& slot : home->second->slots) {
      if (!slot.in_use) forget_state(slot);
    }
    if (home->second.use_count() == 1) homes_.erase(home);
  });
}

WorkerPoolMetrics WorkerPool::metrics() const {
  return {counters_.runs,    counters_.compilations, counters_.busy,
          counters_.killed,  counters_.aside,        counters_.failed,
          counters_.started, counters_.workers,      counters_.queued};
}

void WorkerPool::stop() {
  asio::post(strand_, [this] {
    if (stopping_) return;
    stopping_ = true;
    house_timer_.cancel();
    long_run_timer_.cancel();
    for (const auto& waiter : queue_) waiter->wake.cancel();
    const auto workers = workers_;
    for (const auto& [id, worker] : workers) end_worker(worker);
  });
}

void WorkerPool::join() {
  {
    std::unique_lock lock(in_flight_mutex_);
    all_landed_.wait(lock, [this] { return in_flight_ == 0; });
  }
  if (!spawner_) return;
  // A worker that is just being started is handed to the strand, which ends it.
  spawner_->drain();
  if (!io_.stopped()) {
    const auto reached = std::make_shared<std::promise<void>>();
    asio::post(strand_, [reached] { reached->set_value(); });
    reached->get_future().wait_for(kFlushMax);
  }
  tasks_.join();
  spawner_.reset();
}

asio::awaitable<bool> WorkerPool::acquire(std::shared_ptr<Waiter> waiter,
                                          std::chrono::milliseconds longest) {
  if (stopping_ || queue_.size() >= options_.queue_max) co_return false;
  waiter->since = std::chrono::steady_clock::now();
  queue_.push_back(waiter);
  counters_.queued = queue_.size();
  dispatch();
  const auto end = waiter->since + longest;
  while (!waiter->worker && !stopping_) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) break;
    // After the first wait the home worker is not insisted upon any more.
    waiter->wake.expires_at(
        now < waiter->since + kHomeWait ? std::min(end, waiter->since + kHomeWait) : end);
    boost::system::error_code ignored;
    co_await waiter->wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!waiter->worker && !stopping_) dispatch();
  }
  if (waiter->worker) co_return true;
  queue_.erase(std::find(queue_.begin(), queue_.end(), waiter));
  counters_.queued = queue_.size();
  co_return false;
}

// Gives workers to those who wait, in their order; who cannot run yet does not hold up others.
void WorkerPool::dispatch() {
  if (stopping_) return;
  const Instant now = std::chrono::steady_clock::now();
  for (auto at = queue_.begin(); at != queue_.end();) {
    if (computing_ >= computing_max_) let_long_run_step_aside(now);
    if (computing_ >= computing_max_) break;
    if (grant(**at, now)) {
      (*at)->wake.cancel();
      at = queue_.erase(at);
    } else {
      ++at;
    }
  }
  counters_.queued = queue_.size();
  if (queue_.empty() || watching_long_runs_) return;
  watching_long_runs_ = true;
  tasks_.spawn_on(strand_, "long script runs", watch_long_runs());
}

bool WorkerPool::grant(Waiter& waiter, Instant now) {
  if (waiter.request) {
    bool home_is_busy = false;
    if (grant_kept_state(waiter, home_is_busy, now)) return true;
    const auto& slots = waiter.home->slots;
    const bool all_in_use =
        std::all_of(slots.begin(), slots.end(), [](const Slot& slot) { return slot.in_use; });
    if (all_in_use || (home_is_busy && now < waiter.since + kHomeWait)) return false;
  }
  const WorkerPtr worker = find_idle();
  if (!worker) {
    const std::size_t all = workers_.size() + starting_;
    if (starting_ + computing_ < computing_max_ && all < computing_max_ + options_.waiting_max) {
      start_worker();
    }
    return false;
  }
  if (is_gone(*worker)) {
    end_worker(worker);
    return grant(waiter, now);
  }
  if (waiter.request) {
    // The slot without a state, else the one used longest ago.
    Slot* chosen = nullptr;
    for (Slot& slot : waiter.home->slots) {
      if (slot.in_use) continue;
      if (slot.revision != waiter.request->revision) forget_state(slot);
      if (!chosen || slot.used_at < chosen->used_at) chosen = &slot;
    }
    forget_state(*chosen);
    make_room_for_state(*worker);
    *chosen = {
        ++last_state_id_, worker, waiter.request->revision, waiter.request->fresh_state, true,
        ++run_count_};
    worker->states.insert(chosen->state_id);
    waiter.slot = static_cast<std::size_t>(chosen - waiter.home->slots.data());
    waiter.is_new_state = true;
  }
  take(waiter, worker, now);
  return true;
}

bool WorkerPool::grant_kept_state(Waiter& waiter, bool& home_is_busy, Instant now) {
  for (std::size_t index = 0; index < kRunsPerIntegration; ++index) {
    Slot& slot = waiter.home->slots[index];
    if (slot.in_use || slot.state_id == 0 || slot.revision != waiter.request->revision ||
        slot.fresh != waiter.request->fresh_state) {
      continue;
    }
    if (slot.worker->busy) {
      home_is_busy = true;
      continue;
    }
    const WorkerPtr worker = slot.worker;
    if (!worker->dead && is_gone(*worker)) end_worker(worker);
    if (worker->dead) {
      slot = {};
      continue;
    }
    slot.in_use = true;
    slot.used_at = ++run_count_;
    waiter.slot = index;
    waiter.is_new_state = false;
    take(waiter, worker, now);
    return true;
  }
  return false;
}

void WorkerPool::take(Waiter& waiter, const WorkerPtr& worker, Instant now) {
  worker->busy = true;
  worker->was_late = false;
  worker->computing_since = now;
  set_computing(*worker, true);
  waiter.worker = worker;
}

void WorkerPool::release(const WorkerPtr& worker) {
  worker->deadline.cancel();
  set_computing(*worker, false);
  // Without the right to, a process does not come back from the lowest priority.
  if (worker->aside && !worker->dead && !come_forward(worker->pid)) end_worker(worker);
  worker->aside = false;
  worker->busy = false;
  worker->idle_since = std::chrono::steady_clock::now();
  dispatch();
}

void WorkerPool::set_computing(Worker& worker, bool computing) {
  if (worker.computing == computing) return;
  worker.computing = computing;
  computing_ = computing ? computing_ + 1 : computing_ - 1;
}

// The longest one keeps its limits, but not a place that others wait for.
void WorkerPool::let_long_run_step_aside(Instant now) {
  WorkerPtr longest;
  for (const auto& [id, worker] : workers_) {
    if (!worker->computing || now - worker->computing_since < options_.long_run) continue;
    if (!longest || worker->computing_since < longest->computing_since) longest = worker;
  }
  if (!longest) return;
  longest->aside = true;
  set_computing(*longest, false);
  step_aside(longest->pid);
  ++counters_.aside;
}

// A run may become a long one while nothing else happens.
asio::awaitable<void> WorkerPool::watch_long_runs() {
  while (!queue_.empty() && !stopping_) {
    long_run_timer_.expires_after(options_.long_run);
    boost::system::error_code ignored;
    co_await long_run_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    dispatch();
  }
  watching_long_runs_ = false;
}

void WorkerPool::release_slot(const Waiter& waiter, bool state_lives_on) {
  Slot& slot = waiter.home->slots[waiter.slot];
  slot.in_use = false;
  if (state_lives_on) return;
  waiter.worker->states.erase(slot.state_id);  // the worker has dropped it already
  slot = {};
}

// An idle worker has nothing to say: its socket ended, or it speaks out of turn.
bool WorkerPool::is_gone(Worker& worker) {
  char byte = 0;
  const ssize_t got =
      recv(worker.socket.native_handle(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

WorkerPool::WorkerPtr WorkerPool::find_idle() const {
  WorkerPtr best;
  for (const auto& [id, worker] : workers_) {
    if (!worker->ready || worker->busy || worker->dead) continue;
    if (!best || worker->states.size() < best->states.size()) best = worker;
  }
  return best;
}

std::shared_ptr<WorkerPool::Home> WorkerPool::home_of(const std::string& integration_id) {
  std::shared_ptr<Home>& home = homes_[integration_id];
  if (!home) home = std::make_shared<Home>();
  return home;
}

void WorkerPool::forget_state(Slot& slot) {
  if (slot.state_id != 0 && slot.worker->states.erase(slot.state_id) > 0) {
    slot.worker->forgotten.push_back(slot.state_id);
  }
  slot = {};
}

// State ids grow, so the smallest is the oldest; a state of a run under way is never chosen.
void WorkerPool::make_room_for_state(Worker& worker) {
  if (worker.states.size() < options_.states_per_worker_max) return;
  Slot* oldest = nullptr;
  for (auto& [id, home] : homes_) {
    for (Slot& slot : home->slots) {
      if (slot.worker.get() != &worker || slot.in_use || slot.state_id == 0) continue;
      if (!oldest || slot.used_at < oldest->used_at) oldest = &slot;
    }
  }
  if (oldest) forget_state(*oldest);
}

}  // namespace gantry::integrations::script
