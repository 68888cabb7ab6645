#pragma once
// Runs scripts in worker processes. As many workers compute as there are cores; more take over
// while some wait for HTTP, and when a run computes for long while others wait: it steps aside and
// goes on in time that nobody else wants. An integration's globals live in one worker (a second one
// when two of its runs overlap) and go with the script's revision, with the worker, or after a run
// that broke a limit. Everything a worker says is checked; one that is late or speaks nonsense is
// killed and replaced. All state belongs to one strand; every public function is thread safe.

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "base/task_group.h"
#include "integrations/script/script_engine.h"
#include "integrations/script/worker_spawner.h"

namespace gantry::integrations::script {

struct RunMessage;
struct CompileMessage;

struct WorkerPoolOptions {
  std::size_t computing_max = 0;  // 0: as many as there are cores
  std::size_t waiting_max = 16;   // workers beyond computing_max, while others wait or step aside
  std::size_t queue_max = 1000;   // runs that wait for a worker; more are EngineBusy at once
  std::size_t states_per_worker_max = 400;
  std::size_t worker_resident_bytes_max = std::size_t{384} << 20;
  std::chrono::milliseconds extra_worker_idle{30000};
  std::chrono::milliseconds long_run{100};  // of computing, then it steps aside for those who wait
};

struct WorkerPoolMetrics {
  std::uint64_t runs = 0;
  std::uint64_t compilations = 0;
  std::uint64_t busy = 0;     // refused because no worker came free
  std::uint64_t killed = 0;   // workers that were late
  std::uint64_t aside = 0;    // runs that stepped aside for others
  std::uint64_t failed = 0;   // workers that died or spoke nonsense
  std::uint64_t started = 0;  // worker processes
  std::uint64_t workers = 0;  // now
  std::uint64_t queued = 0;   // now
};

class WorkerPool final : public ScriptEngine {
 public:
  WorkerPool(asio::io_context& io, const WorkerPoolOptions& options);
  // Calls stop() and join(): the io_context must still be running, or have had no runs left.
  ~WorkerPool() override;

  asio::awaitable<CompileOutcome> compile(std::string source, CompileMode mode,
                                          ScriptLimits limits) override;
  asio::awaitable<RunOutcome> run(RunRequest request) override;

  // Starts the first worker soon, so that the first run need not wait for it, but not before the
  // first requests of a server that has just started.
  void warm_up();
  // Forgets an integration that is gone.
  void forget(std::string integration_id);
  WorkerPoolMetrics metrics() const;
  // Why workers have no namespaces of their own; empty when they have, nothing while none has
  // started.
  std::optional<std::string> not_isolated() const;

  // Ends every run as EngineFailed and every worker. join() blocks until all is over; never on an
  // I/O thread.
  void stop();
  void join();

 private:
  struct Worker;
  struct Conversation;
  using WorkerPtr = std::shared_ptr<Worker>;
  using Strand = asio::strand<asio::io_context::executor_type>;
  using Instant = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kRunsPerIntegration = 2;

  // Where globals live.
  struct Slot {
    std::uint64_t state_id = 0;  // 0: nowhere yet
    WorkerPtr worker;
    std::string revision;
    bool fresh = false;
    bool in_use = false;
    std::uint64_t used_at = 0;  // a count of runs, to find the slot used longest ago
  };
  // Of one integration; whoever runs or waits holds it.
  struct Home {
    std::array<Slot, kRunsPerIntegration> slots;
  };

  // A run or compilation that waits for a worker.
  struct Waiter {
    explicit Waiter(const Strand& strand) : wake(strand) {}
    const RunRequest* request = nullptr;  // null for a compilation
    std::shared_ptr<Home> home;           // of a run
    asio::steady_timer wake;
    Instant since;
    WorkerPtr worker;  // set when it has one
    std::size_t slot = 0;
    bool is_new_state = false;
  };

  struct Exchanged {
    RunOutcome outcome;
    bool state_lives_on = false;
    bool worker_is_fine = false;
    bool was_heard = false;  // the worker said anything at all
  };

  // Counts what join() waits for.
  class InFlight;

  // Runs and compilations: worker_runs.cc.
  asio::awaitable<RunOutcome> run_here(RunRequest request, std::string argument, std::string store);
  // One try; `message` has all but what depends on the worker. Both outlive the call.
  asio::awaitable<Exchanged> run_once(const RunRequest* request, RunMessage* message);
  asio::awaitable<CompileOutcome> compile_here(std::string source, CompileMode mode,
                                               ScriptLimits limits);
  // Nothing when the worker had gone before it said anything and was not late.
  asio::awaitable<std::optional<CompileOutcome>> compile_once(const CompileMessage* message,
                                                              ScriptLimits limits);

  // Who runs where: worker_pool.cc.
  asio::awaitable<bool> acquire(std::shared_ptr<Waiter> waiter, std::chrono::milliseconds longest);
  void dispatch();
  bool grant(Waiter& waiter, Instant now);
  bool grant_kept_state(Waiter& waiter, bool& home_is_busy, Instant now);
  void take(Waiter& waiter, const WorkerPtr& worker, Instant now);
  void set_computing(Worker& worker, bool computing);
  void let_long_run_step_aside(Instant now);
  asio::awaitable<void> watch_long_runs();
  void release(const WorkerPtr& worker);
  static void release_slot(const Waiter& waiter, bool state_lives_on);
  static bool is_gone(Worker& worker);
  WorkerPtr find_idle() const;
  std::shared_ptr<Home> home_of(const std::string& integration_id);
  static void forget_state(Slot& slot);
  void make_room_for_state(Worker& worker);

  // The processes: worker_processes.cc.
  asio::awaitable<void> start_first();
  void start_worker();
  void note_isolation(std::string refused);
  void add_worker(WorkerSpawner::Spawned spawned);
  asio::awaitable<void> welcome(WorkerPtr worker);
  void end_worker(const WorkerPtr& worker);
  asio::awaitable<void> keep_house();
  void arm_deadline(const WorkerPtr& worker, Instant at);

  // What is said: worker_conversation.cc.
  asio::awaitable<Exchanged> converse(std::shared_ptr<Conversation> talk, std::string frame);
  bool on_http_call(const std::shared_ptr<Conversation>& talk, std::string_view body);
  asio::awaitable<void> perform_http(std::shared_ptr<Conversation> talk, std::uint32_t call_id,
                                     HttpPowerRequest request);
  void give_reply(const std::shared_ptr<Conversation>& talk, std::uint32_t call_id,
                  std::string reply);
  asio::awaitable<void> write_replies(std::shared_ptr<Conversation> talk);
  asio::awaitable<void> cut_off(std::shared_ptr<Conversation> talk);
  void set_waiting(Conversation& talk, bool waiting);

  const WorkerPoolOptions options_;
  const std::size_t computing_max_;
  asio::io_context& io_;
  Strand strand_;
  TaskGroup tasks_;

  std::map<std::uint64_t, WorkerPtr> workers_;
  std::unordered_map<std::string, std::shared_ptr<Home>> homes_;
  std::deque<std::shared_ptr<Waiter>> queue_;
  std::size_t computing_ = 0;  // workers that are busy, do not wait and did not step aside
  std::size_t starting_ = 0;
  std::uint64_t last_worker_id_ = 0;
  std::uint64_t last_state_id_ = 0;
  std::uint64_t run_count_ = 0;
  bool stopping_ = false;
  bool keeping_house_ = false;
  bool watching_long_runs_ = false;
  asio::steady_timer house_timer_;
  asio::steady_timer long_run_timer_;
  std::mutex in_flight_mutex_;
  std::condition_variable all_landed_;
  std::size_t in_flight_ = 0;

  struct Counters {
    std::atomic<std::uint64_t> runs{0}, compilations{0}, busy{0}, killed{0}, aside{0}, failed{0},
        started{0}, workers{0}, queued{0};
  };
  Counters counters_;
  mutable std::mutex not_isolated_mutex_;
  std::optional<std::string> not_isolated_;  // under its mutex
  // Last, so that it goes first: its thread calls back into the pool.
  std::unique_ptr<WorkerSpawner> spawner_;
};

}  // namespace gantry::integrations::script
