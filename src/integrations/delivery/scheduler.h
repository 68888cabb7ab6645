#pragma once
// Runs deliveries: when they are queued, and again when their retries are due; AttemptOrder says
// which goes next. The rows of the outbox are the truth: what is here is rebuilt from them at
// start. Lives on its own strand. Source: contract "integrations" 16.

#include <map>
#include <mutex>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "base/task_group.h"
#include "integrations/delivery/attempt.h"
#include "integrations/delivery/attempt_order.h"
#include "integrations/delivery/lane.h"

namespace gantry::integrations {

struct SchedulerOptions {
  AttemptLimits attempts;
  Milliseconds trouble_wait{1'000};  // when an attempt decided nothing
};

struct SchedulerMetrics {
  std::atomic<std::uint64_t> attempts{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> waiting{0};   // for their turn
  std::atomic<std::uint64_t> retrying{0};  // until a time
  std::atomic<std::uint64_t> running{0};
  std::atomic<std::uint64_t> open_circuits{0};  // targets that are only probed
};

// Targets that could not be reached and are only probed.
struct OpenTargets {
  static constexpr std::size_t kShownMax = 20;

  std::size_t count = 0;
  std::vector<std::string> first;  // scheme, host and port of at most kShownMax
};

class DeliveryScheduler final : public domain::EventFollower {
 public:
  DeliveryScheduler(const asio::any_io_executor& executor, AttemptTools tools, TaskGroup& tasks,
                    SchedulerOptions options);

  // Takes up what the outbox holds. Before this, what is followed waits.
  void start();
  // Begins no attempt from now on; those that run end on their own.
  void stop();
  // The clock was moved: looks again at what is due.
  void wake();

  void follow(const domain::Event& event) override;
  const SchedulerMetrics& metrics() const { return metrics_; }
  // From any thread, while the executor runs.
  asio::awaitable<OpenTargets> open_targets();

 private:
  void take_told();
  asio::awaitable<void> load();
  Task<std::vector<domain::Delivery>> read_open(std::int64_t after);
  asio::awaitable<void> watch_retries();
  asio::awaitable<void> run(Turn turn);
  asio::awaitable<void> wait_out_trouble(const Turn* turn);
  void add(std::shared_ptr<const domain::Delivery> delivery);
  void forget(const std::vector<domain::Delivery>& cancelled);
  void follow_clock(Time now);
  void retry_at(Time at, Turn turn);
  void pump();
  void finished(Turn turn, const AttemptEnd& end);
  void gauge();

  asio::strand<asio::any_io_executor> strand_;
  const AttemptTools tools_;
  TaskGroup& tasks_;
  const SchedulerOptions options_;
  SchedulerMetrics metrics_;
  std::atomic<bool> halted_{false};  // set at once by stop(), while stopping_ takes its turn
  std::mutex told_mutex_;
  std::vector<domain::Event> told_;  // by the writer, not looked at yet

  // All from here on belongs to the strand.
  bool loaded_ = false;
  bool stopping_ = false;
  std::int64_t newest_loaded_ = 0;  // sequence: what is followed below it was loaded already
  Lanes lanes_;
  AttemptOrder order_;
  std::multimap<Time, Turn> retries_;
  Time looked_at_;  // at the clock; retries_ are times of this clock
  std::vector<std::shared_ptr<const domain::Delivery>> early_;  // followed before the load was done
  asio::steady_timer timer_;
};

}  // namespace gantry::integrations
