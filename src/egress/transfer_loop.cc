#include "egress/transfer_loop.h"

#include <algorithm>
#include <stdexcept>

#include <pthread.h>
#include <signal.h>

#include "base/post_together.h"
#include "base/thread_role.h"
#include "egress/failure.h"

namespace gantry::egress {
namespace {

using Clock = std::chrono::steady_clock;

// The loop looks around at least this often, should a wake-up ever be lost.
constexpr Milliseconds kSleepMax{10'000};

void init_curl_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      throw std::runtime_error("libcurl cannot be initialised");
    }
  });
}

// Signals belong to the main thread, and a write to a closed TLS connection must not raise SIGPIPE.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

TransferLoop::TransferLoop(EgressOptions options)
    : options_(std::move(options)),
      admission_(options_.active_max, options_.active_per_origin_max) {}

TransferLoop::~TransferLoop() {
  stop();
}

void TransferLoop::start_thread() {
  init_curl_once();
  handles_ = std::make_unique<CurlHandles>(options_);
  thread_ = std::thread(&TransferLoop::run, this);
}

void TransferLoop::submit(std::unique_ptr<Transfer> transfer) {
  std::unique_lock lock(mutex_);
  const bool full = unfinished_.load() >= options_.active_max + options_.waiting_max;
  if (stopped_ || full) {
    const HttpFailure failure = stopped_ ? shutting_down() : busy();
    lock.unlock();
    count_failure(failure.kind);
    post_alone(Ended{std::move(transfer), failure});
    return;
  }
  if (!handles_) start_thread();
  unfinished_.fetch_add(1);
  inbox_.submitted.push_back(std::move(transfer));
  wake_if_sleeping(std::move(lock));
}

void TransferLoop::cancel(std::uint64_t id) {
  std::unique_lock lock(mutex_);
  if (stopped_ || !handles_) return;
  inbox_.cancelled.push_back(id);
  wake_if_sleeping(std::move(lock));
}

void TransferLoop::stop() {
  const std::lock_guard one_at_a_time(stop_mutex_);
  std::unique_lock lock(mutex_);
  stopped_ = true;
  if (!thread_.joinable()) return;
  inbox_.stopping = true;
  wake_if_sleeping(std::move(lock));
  thread_.join();
  handles_.reset();
}

// Only a sleeping loop needs the system call; one that works will look into the inbox by itself.
void TransferLoop::wake_if_sleeping(std::unique_lock<std::mutex> lock) {
  const bool wakes = std::exchange(wake_, Wake::Awake) == Wake::Sleeping;
  SocketWatch& watch = handles_->watch();
  lock.unlock();
  if (wakes) watch.wake();
}

void TransferLoop::run() {
  enter_thread("egress", ThreadRole::Background);
  block_signals();
  while (take_inbox()) {
    start_due();
    handles_->watch().run_timer();
    take_ended();
    expire_waiting();
    sleep();
  }
  finish_all();
}

bool TransferLoop::take_inbox() {
  {
    const std::lock_guard lock(mutex_);
    wake_ = Wake::Awake;
    std::swap(taken_, inbox_);
  }
  const SteadyTime now = Clock::now();
  for (auto& transfer : taken_.submitted) {
    const std::uint64_t id = transfer->id();
    Entry& entry = entries_[id];
    entry.transfer = std::move(transfer);
    let_wait(entry, now + options_.waiting_time_max);
  }
  taken_.submitted.clear();
  for (const std::uint64_t id : taken_.cancelled) drop(id, cancelled());
  taken_.cancelled.clear();
  return !taken_.stopping;
}

void TransferLoop::let_wait(Entry& entry, SteadyTime until) {
  const Transfer& transfer = *entry.transfer;
  entry.line = admission_.enter(transfer.id(), transfer.url().origin);
  entry.waits_until = until;
  newly_waiting_.push_back(transfer.id());
}

void TransferLoop::end_wait(Entry& entry) {
  if (entry.wait_end) wait_ends_.erase(*entry.wait_end);
  entry.wait_end.reset();
}

// Most start at once; only those who do not are put in order of their waits' ends.
void TransferLoop::bound_waits() {
  for (const std::uint64_t id : newly_waiting_) {
    const auto at = entries_.find(id);
    if (at == entries_.end() || at->second.easy || at->second.wait_end) continue;
    at->second.wait_end = wait_ends_.emplace(at->second.waits_until, id);
  }
  newly_waiting_.clear();
}

void TransferLoop::start_due() {
  while (const auto id = admission_.next()) {
    Entry& entry = entries_.at(*id);
    end_wait(entry);
    active_.store(admission_.active(), std::memory_order_relaxed);
    start_hop(entry);
  }
}

void TransferLoop::start_hop(Entry& entry) {
  Transfer& transfer = *entry.transfer;
  const SteadyTime now = Clock::now();
  if (auto refused = transfer.prepare_hop(options_, now)) {
    leave_wire(entry);
    finish(entry, *std::move(refused));
    return;
  }
  if (!entry.easy) entry.easy = handles_->take_easy();
  transfer.configure(entry.easy.get(), options_, now);
  curl_multi_add_handle(handles_->multi(), entry.easy.get());
}

void TransferLoop::take_ended() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(handles_->multi(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CURL* easy = message->easy_handle;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    hop_ended(entries_.at(transfer->id()), code);
  }
}

void TransferLoop::hop_ended(Entry& entry, CURLcode code) {
  Transfer& transfer = *entry.transfer;
  CURL* easy = entry.easy.get();
  long opened = 0;
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
  connections_.fetch_add(static_cast<std::uint64_t>(opened), std::memory_order_relaxed);
  const Transfer::Step step = transfer.hop_ended(easy, code, options_, Clock::now());
  curl_multi_remove_handle(handles_->multi(), easy);
  switch (step) {
    case Transfer::Step::SameHop:
      start_hop(entry);
      return;
    case Transfer::Step::NextHop:
      redirects_.fetch_add(1, std::memory_order_relaxed);
      leave_wire(entry);
      let_wait(entry, transfer.deadline());
      return;
    case Transfer::Step::Finished:
      leave_wire(entry);
      finish(entry, transfer.take_result());
      return;
  }
}

// The easy handle must be out of the multi handle by now.
void TransferLoop::leave_wire(Entry& entry) {
  if (entry.easy) handles_->give_back(std::move(entry.easy));
  admission_.leave_active(std::exchange(entry.line, nullptr));
  active_.store(admission_.active(), std::memory_order_relaxed);
}

void TransferLoop::expire_waiting() {
  const SteadyTime now = Clock::now();
  while (!wait_ends_.empty() && wait_ends_.begin()->first <= now) {
    const std::uint64_t id = wait_ends_.begin()->second;
    const Transfer& transfer = *entries_.at(id).transfer;
    drop(id, transfer.has_started() ? transfer.timeout_failure() : busy());
  }
}

// Ends a transfer wherever it stands; an id that has ended already is no fault.
void TransferLoop::drop(std::uint64_t id, HttpFailure failure) {
  const auto at = entries_.find(id);
  if (at == entries_.end()) return;
  Entry& entry = at->second;
  if (entry.easy) {
    curl_multi_remove_handle(handles_->multi(), entry.easy.get());
    leave_wire(entry);
  } else {
    end_wait(entry);
    admission_.leave_waiting(entry.line, id);
  }
  finish(entry, std::move(failure));
}

void TransferLoop::finish(Entry& entry, HttpResult result) {
  std::unique_ptr<Transfer> transfer = std::move(entry.transfer);
  entries_.erase(transfer->id());
  count(result);
  ended_.push_back({std::move(transfer), std::move(result)});
}

void TransferLoop::finish_all() {
  while (!entries_.empty()) drop(entries_.begin()->first, shutting_down());
  hand_over();
}

void TransferLoop::hand_over() {
  unfinished_.fetch_sub(ended_.size());
  post_together(std::exchange(ended_, {}));
}

void TransferLoop::sleep() {
  start_due();  // in the places of those who have left
  bound_waits();
  hand_over();
  {
    const std::lock_guard lock(mutex_);
    if (!inbox_.empty()) return;
    wake_ = Wake::Sleeping;
  }
  Milliseconds longest = kSleepMax;
  if (!wait_ends_.empty()) {
    const auto until = std::chrono::ceil<Milliseconds>(wait_ends_.begin()->first - Clock::now());
    longest = std::clamp(until, Milliseconds{0}, longest);
  }
  handles_->watch().wait(longest);
}

void TransferLoop::count_failure(HttpFailure::Kind kind) {
  failures_[static_cast<std::size_t>(kind)].fetch_add(1, std::memory_order_relaxed);
}

void TransferLoop::count(const HttpResult& result) {
  if (const auto* failure = std::get_if<HttpFailure>(&result)) {
    count_failure(failure->kind);
  } else {
    replies_.fetch_add(1, std::memory_order_relaxed);
  }
}

EgressMetrics TransferLoop::metrics() const {
  EgressMetrics metrics;
  metrics.active = active_.load(std::memory_order_relaxed);
  const std::size_t unfinished = unfinished_.load();
  metrics.waiting = unfinished > metrics.active ? unfinished - metrics.active : 0;
  metrics.replies = replies_.load(std::memory_order_relaxed);
  metrics.redirects = redirects_.load(std::memory_order_relaxed);
  metrics.connections = connections_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < failures_.size(); ++i) {
    metrics.failures[i] = failures_[i].load(std::memory_order_relaxed);
  }
  return metrics;
}

}  // namespace gantry::egress
