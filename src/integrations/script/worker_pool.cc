#include "integrations/script/worker_pool.h"

#include <algorithm>
#include <fstream>
#include <future>
#include <thread>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <unistd.h>

#include "base/log.h"
#include "integrations/script/http_power.h"
#include "integrations/script/worker_pool_parts.h"

namespace gantry::integrations::script {

namespace {

// How long a run waits for the worker that has its integration's globals before it starts anew in
// another one.
constexpr auto kHomeWait = std::chrono::milliseconds(100);
constexpr auto kStartMax = std::chrono::seconds(15);
constexpr std::size_t kCauseBytesMax = 500;
// An io_context that nobody runs any more must not hold up the end.
constexpr auto kFlushMax = std::chrono::seconds(5);
constexpr auto kHouseKeeping = std::chrono::seconds(5);

std::size_t cores_or(std::size_t wanted) {
  if (wanted > 0) return wanted;
  return std::max(1u, std::thread::hardware_concurrency());
}

std::size_t resident_bytes(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
  std::size_t total_pages = 0;
  std::size_t resident_pages = 0;
  std::size_t shared_pages = 0;  // of the program and the prepared memory
  if (!(in >> total_pages >> resident_pages >> shared_pages)) return 0;
  return (resident_pages - std::min(shared_pages, resident_pages)) *
         static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

WorkerPool::WorkerPool(asio::io_context& io, WorkerPoolOptions options)
    : options_(std::move(options)),
      computing_max_(cores_or(options_.computing_max)),
      io_(io),
      strand_(asio::make_strand(io)),
      tasks_(io.get_executor()),
      house_timer_(strand_),
      spawner_(std::make_unique<WorkerSpawner>(options_.executable)) {}

WorkerPool::~WorkerPool() {
  stop();
  join();
}

asio::awaitable<RunOutcome> WorkerPool::run(RunRequest request) {
  // Large events are written as text here, not on the strand that all runs share.
  std::string argument = json::serialize(request.argument);
  std::string store = json::serialize(request.store);
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
  asio::post(strand_, [this] {
    if (!stopping_ && workers_.empty() && starting_ == 0) start_worker();
  });
}

void WorkerPool::forget(std::string integration_id) {
  asio::post(strand_, [this, integration_id = std::move(integration_id)] {
    const auto home = homes_.find(integration_id);
    if (home == homes_.end()) return;
    bool in_use = false;
    for (Slot& slot : home->second.slots) {
      in_use = in_use || slot.in_use;
      if (!slot.in_use) forget_state(slot);
    }
    if (!in_use) homes_.erase(home);
  });
}

WorkerPoolMetrics WorkerPool::metrics() const {
  return {counters_.runs,   counters_.compilations, counters_.busy,    counters_.killed,
          counters_.failed, counters_.started,      counters_.workers, counters_.queued};
}

void WorkerPool::stop() {
  asio::post(strand_, [this] {
    if (stopping_) return;
    stopping_ = true;
    house_timer_.cancel();
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

asio::awaitable<RunOutcome> WorkerPool::run_here(RunRequest request, std::string argument,
                                                 std::string store) {
  const InFlight in_flight(*this);
  ++counters_.runs;
  RunOutcome outcome;
  const auto refuse = [&outcome](RunStatus status, RunLimit limit, std::string words) {
    outcome.status = status;
    outcome.limit = limit;
    outcome.fault = {"ScriptEngineError", std::move(words), ""};
  };
  RunMessage message;
  message.argument = std::move(argument);
  if (message.argument.size() > request.limits.call.argument_bytes_max) {
    refuse(RunStatus::LimitExceeded, RunLimit::Argument, "the event is too large for a script");
    co_return outcome;
  }
  const auto waiter = std::make_shared<Waiter>(strand_);
  waiter->request = &request;
  if (!co_await acquire(waiter, request.limits.call.wall)) {
    ++counters_.busy;
    refuse(stopping_ ? RunStatus::EngineFailed : RunStatus::EngineBusy, RunLimit::None,
           stopping_ ? "the server is shutting down" : "no script worker came free in time");
    co_return outcome;
  }

  const ScriptLimits& limits = request.limits;
  const auto us = [](std::chrono::milliseconds time) {
    return static_cast<std::uint64_t>(std::chrono::microseconds(time).count());
  };
  const auto started = std::chrono::steady_clock::now();
  const auto talk = std::make_shared<Conversation>(strand_);
  talk->worker = waiter->worker;
  talk->http = request.http;
  talk->integration_id = request.integration_id;
  talk->limits = limits;
  talk->deadline = started + limits.call.wall;

  message.state_id = homes_[request.integration_id].slots[waiter->slot].state_id;
  message.forgotten = std::exchange(waiter->worker->forgotten, {});
  message.method = request.method;
  message.fresh_state = request.fresh_state;
  message.argument_has_dates = message.argument.find("\"$date\"") != std::string::npos;
  message.load_cpu_us = us(limits.load.cpu);
  message.call_cpu_us = us(limits.call.cpu);
  message.wall_us = us(limits.call.wall);
  message.memory_bytes_max = limits.call.memory_bytes_max;
  message.result_bytes_max = limits.call.result_bytes_max;
  message.store_bytes_max = limits.call.store_bytes_max;
  message.http_request_bytes_max = limits.call.http_request_bytes_max;
  message.http_calls_max = limits.call.http_calls_max;
  message.log_bytes_max = limits.log.bytes_max;
  message.log_lines_max = limits.log.lines_max;
  message.store = std::move(store);
  message.has_code = waiter->is_new_state;
  if (waiter->is_new_state) message.code = request.code;

  arm_deadline(waiter->worker, talk->deadline);
  Exchanged exchanged = co_await converse(talk, message.encode());
  release_slot(request.integration_id, *waiter, exchanged.state_lives_on);
  if (!exchanged.worker_is_fine) end_worker(waiter->worker);
  release(waiter->worker);
  outcome = std::move(exchanged.outcome);
  outcome.cost.wall_ms =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::steady_clock::now() - started)
                                     .count());
  co_return outcome;
}

asio::awaitable<CompileOutcome> WorkerPool::compile_here(std::string source, CompileMode mode,
                                                         ScriptLimits limits) {
  const InFlight in_flight(*this);
  ++counters_.compilations;
  CompileOutcome outcome;
  if (source.size() > limits.compile.source_bytes_max) {
    outcome.fault = {"Error", "the script is too long", ""};
    co_return outcome;
  }
  const auto waiter = std::make_shared<Waiter>(strand_);
  if (!co_await acquire(waiter, limits.compile.wall)) {
    ++counters_.busy;
    outcome.fault = {"ScriptEngineError", "no script worker came free in time", ""};
    co_return outcome;
  }
  CompileMessage message;
  message.mode = mode;
  message.cpu_us =
      static_cast<std::uint64_t>(std::chrono::microseconds(limits.compile.cpu).count());
  message.memory_bytes_max = limits.compile.memory_bytes_max;
  message.source = std::move(source);
  const WorkerPtr worker = waiter->worker;
  arm_deadline(worker, std::chrono::steady_clock::now() + limits.compile.wall);
  std::optional<CompileDoneMessage> done;
  if (co_await send_frame(&worker->socket, message.encode())) {
    const auto frame = co_await receive_frame(&worker->socket, &worker->unread);
    if (frame && frame->type == FrameType::CompileDone) {
      done = CompileDoneMessage::decode(frame->body);
    }
  }
  if (done && done->compiled) {
    outcome.code = to_valid_utf8(std::move(done->code));
  } else if (done) {
    outcome.fault = {to_valid_utf8(done->fault.name), to_valid_utf8(done->fault.message),
                     to_valid_utf8(done->fault.stack)};
  } else {
    outcome.fault = {"Error", "the script takes too long to compile", ""};
    if (!worker->was_late) ++counters_.failed;
    end_worker(worker);
  }
  release(worker);
  co_return outcome;
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
  for (auto at = queue_.begin(); at != queue_.end() && computing_ < computing_max_;) {
    if (grant(**at)) {
      (*at)->wake.cancel();
      at = queue_.erase(at);
    } else {
      ++at;
    }
  }
  counters_.queued = queue_.size();
}

bool WorkerPool::grant(Waiter& waiter) {
  Home* home = nullptr;
  if (waiter.request) {
    home = &homes_[waiter.request->integration_id];
    bool home_is_busy = false;
    if (grant_kept_state(waiter, *home, home_is_busy)) return true;
    const bool all_in_use = std::all_of(home->slots.begin(), home->slots.end(),
                                        [](const Slot& slot) { return slot.in_use; });
    if (all_in_use) return false;
    if (home_is_busy && std::chrono::steady_clock::now() < waiter.since + kHomeWait) return false;
  }
  const WorkerPtr worker = find_idle();
  if (!worker) {
    const std::size_t all = workers_.size() + starting_;
    if (starting_ + computing_ < computing_max_ && all < computing_max_ + options_.waiting_max) {
      start_worker();
    }
    return false;
  }
  if (home) {
    // The slot without a state, else the one used longest ago.
    Slot* chosen = nullptr;
    for (Slot& slot : home->slots) {
      if (slot.in_use) continue;
      if (slot.revision != waiter.request->revision) forget_state(slot);
      if (!chosen || slot.used_at < chosen->used_at) chosen = &slot;
    }
    forget_state(*chosen);
    make_room_for_state(*worker);
    *chosen = {
        ++last_state_id_, worker->id, waiter.request->revision, waiter.request->fresh_state, true,
        ++run_count_};
    worker->states.insert(chosen->state_id);
    waiter.slot = static_cast<std::size_t>(chosen - home->slots.data());
    waiter.is_new_state = true;
  }
  take(waiter, worker);
  return true;
}

bool WorkerPool::grant_kept_state(Waiter& waiter, Home& home, bool& home_is_busy) {
  for (std::size_t index = 0; index < home.slots.size(); ++index) {
    Slot& slot = home.slots[index];
    if (slot.in_use || slot.state_id == 0 || slot.revision != waiter.request->revision ||
        slot.fresh != waiter.request->fresh_state) {
      continue;
    }
    const WorkerPtr worker = find_worker(slot.worker_id);
    if (!worker) {
      slot = {};
      continue;
    }
    if (worker->busy) {
      home_is_busy = true;
      continue;
    }
    slot.in_use = true;
    slot.used_at = ++run_count_;
    waiter.slot = index;
    waiter.is_new_state = false;
    take(waiter, worker);
    return true;
  }
  return false;
}

void WorkerPool::take(Waiter& waiter, const WorkerPtr& worker) {
  worker->busy = true;
  worker->was_late = false;
  ++computing_;
  waiter.worker = worker;
}

void WorkerPool::release(const WorkerPtr& worker) {
  worker->deadline.cancel();
  worker->busy = false;
  worker->idle_since = std::chrono::steady_clock::now();
  --computing_;
  dispatch();
}

void WorkerPool::release_slot(const std::string& integration_id, const Waiter& waiter,
                              bool state_lives_on) {
  const auto home = homes_.find(integration_id);
  if (home == homes_.end()) return;
  Slot& slot = home->second.slots[waiter.slot];
  slot.in_use = false;
  if (state_lives_on) return;
  waiter.worker->states.erase(slot.state_id);  // the worker has dropped it already
  slot = {};
}

WorkerPool::WorkerPtr WorkerPool::find_idle() const {
  WorkerPtr best;
  for (const auto& [id, worker] : workers_) {
    if (!worker->ready || worker->busy || worker->dead) continue;
    if (!best || worker->states.size() < best->states.size()) best = worker;
  }
  return best;
}

WorkerPool::WorkerPtr WorkerPool::find_worker(std::uint64_t worker_id) const {
  const auto found = workers_.find(worker_id);
  return found == workers_.end() ? nullptr : found->second;
}

void WorkerPool::forget_state(Slot& slot) {
  if (slot.state_id != 0) {
    if (const WorkerPtr worker = find_worker(slot.worker_id)) {
      if (worker->states.erase(slot.state_id) > 0) worker->forgotten.push_back(slot.state_id);
    }
  }
  slot = {};
}

// State ids grow, so the smallest is the oldest; a state of a run under way is never chosen.
void WorkerPool::make_room_for_state(Worker& worker) {
  if (worker.states.size() < options_.states_per_worker_max) return;
  Slot* oldest = nullptr;
  for (auto& [id, home] : homes_) {
    for (Slot& slot : home.slots) {
      if (slot.worker_id != worker.id || slot.in_use || slot.state_id == 0) continue;
      if (!oldest || slot.used_at < oldest->used_at) oldest = &slot;
    }
  }
  if (oldest) forget_state(*oldest);
}

void WorkerPool::start_worker() {
  ++starting_;
  ++counters_.started;
  spawner_->spawn([this](WorkerSpawner::Spawned spawned) {
    asio::post(strand_, [this, spawned] { add_worker(spawned); });
  });
}

void WorkerPool::add_worker(WorkerSpawner::Spawned spawned) {
  if (spawned.pid < 0) {
    --starting_;
    ++counters_.failed;
    return;
  }
  const auto worker = std::make_shared<Worker>(strand_);
  worker->id = ++last_worker_id_;
  worker->pid = spawned.pid;
  worker->socket.assign(asio::local::stream_protocol(), spawned.file);
  workers_[worker->id] = worker;
  counters_.workers = workers_.size();
  if (stopping_) {
    --starting_;
    end_worker(worker);
    return;
  }
  tasks_.spawn_on(strand_, "script worker start", welcome(worker));
  if (!keeping_house_) {
    keeping_house_ = true;
    tasks_.spawn_on(strand_, "script worker housekeeping", keep_house());
  }
}

asio::awaitable<void> WorkerPool::welcome(WorkerPtr worker) {
  arm_deadline(worker, std::chrono::steady_clock::now() + kStartMax);
  const auto hello = co_await receive_frame(&worker->socket, &worker->unread);
  worker->deadline.cancel();
  --starting_;
  std::string cause = "it ended at once";
  bool fine = false;
  if (hello && hello->type == FrameType::Hello) {
    FrameReader from(hello->body);
    fine = from.u32() == kProtocolVersion;
    cause = to_valid_utf8(std::string(from.text().substr(0, kCauseBytesMax)));
  }
  if (fine && !stopping_) {
    worker->ready = true;
    worker->idle_since = std::chrono::steady_clock::now();
    dispatch();
    co_return;
  }
  if (!stopping_) {
    ++counters_.failed;
    // With strict overcommit the engine's reserved addresses may be refused.
    log::error("script worker did not start",
               {{"cause", cause}, {"hint", "look at vm.overcommit_memory and resource limits"}});
  }
  end_worker(worker);
}

void WorkerPool::end_worker(const WorkerPtr& worker) {
  if (worker->dead) return;
  worker->dead = true;
  worker->ready = false;
  spawner_->bury(worker->pid);
  boost::system::error_code ignored;
  worker->socket.close(ignored);
  worker->deadline.cancel();
  workers_.erase(worker->id);
  counters_.workers = workers_.size();
}

void WorkerPool::arm_deadline(const WorkerPtr& worker, Instant at) {
  worker->deadline.expires_at(at);
  worker->deadline.async_wait(
      [this, late = std::weak_ptr(worker)](const boost::system::error_code& cancelled) {
        const WorkerPtr found = late.lock();
        if (cancelled || !found || found->dead) return;
        // A cancelled wait may already be on its way here; a new deadline lies ahead then.
        if (found->deadline.expiry() > std::chrono::steady_clock::now()) return;
        found->was_late = true;
        log::warn("script worker was late and is killed", {{"pid", found->pid}});
        ++counters_.killed;
        end_worker(found);
      });
}

// Ends workers that nobody needs, and such as have grown too large; looks after runs that wait
// because a worker did not start.
asio::awaitable<void> WorkerPool::keep_house() {
  while (!stopping_) {
    house_timer_.expires_after(kHouseKeeping);
    boost::system::error_code ignored;
    co_await house_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (stopping_) break;
    const auto now = std::chrono::steady_clock::now();
    const auto workers = workers_;
    for (const auto& [id, worker] : workers) {
      if (worker->busy || !worker->ready) continue;
      const bool is_extra =
          workers_.size() > computing_max_ && now - worker->idle_since > options_.extra_worker_idle;
      if (is_extra || resident_bytes(worker->pid) > options_.worker_resident_bytes_max) {
        end_worker(worker);
      }
    }
    for (auto at = homes_.begin(); at != homes_.end();) {
      const bool empty =
          std::all_of(at->second.slots.begin(), at->second.slots.end(), [this](const Slot& slot) {
            return !slot.in_use && (slot.state_id == 0 || !find_worker(slot.worker_id));
          });
      at = empty ? homes_.erase(at) : std::next(at);
    }
    dispatch();
  }
}

}  // namespace gantry::integrations::script
