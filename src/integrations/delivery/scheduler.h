#pragma once
// Decides which delivery runs when. First attempts of one line (integration, URL, room) run in the
// order of their events, each after the one before was answered, failed or timed out; a delivery
// that waits for a retry leaves the line. Lines run beside each other. The rows of the outbox are
// the truth: what is here is rebuilt from them at start. Lives on its own strand. Source: contract
// "integrations" 16.

#include <deque>
#include <map>
#include <unordered_map>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "base/task_group.h"
#include "integrations/delivery/attempt.h"

namespace gantry::integrations {

struct SchedulerOptions {
  std::size_t running_max = 64;      // attempts at once
  Milliseconds trouble_wait{1'000};  // when an attempt decided nothing
};

struct SchedulerMetrics {
  std::atomic<std::uint64_t> attempts{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> waiting{0};   // in lines
  std::atomic<std::uint64_t> retrying{0};  // until a time
  std::atomic<std::uint64_t> running{0};
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

 private:
  using LineKey = std::string;
  struct Line {
    std::deque<AttemptOf> waiting;
    bool running = false;
  };

  asio::awaitable<void> load();
  asio::awaitable<void> watch_retries();
  asio::awaitable<void> run(AttemptOf of, std::optional<LineKey> line);
  asio::awaitable<void> wait_out_trouble();
  void add(std::shared_ptr<const domain::Delivery> delivery);
  void forget(const std::vector<domain::Delivery>& cancelled);
  void leave_line(const domain::Delivery& delivery);
  void retry_at(Time at, domain::DeliveryId id);
  void pump();
  void spawn(AttemptOf of, std::optional<LineKey> line);
  void finished(const domain::DeliveryId& id, const std::optional<LineKey>& line,
                const AttemptEnd& end);
  void gauge();

  asio::strand<asio::any_io_executor> strand_;
  const AttemptTools tools_;
  TaskGroup& tasks_;
  const SchedulerOptions options_;
  SchedulerMetrics metrics_;
  std::atomic<bool> halted_{false};  // set at once by stop(), while stopping_ takes its turn

  // All from here on belongs to the strand.
  bool loaded_ = false;
  bool stopping_ = false;
  std::size_t running_ = 0;
  std::int64_t newest_loaded_ = 0;  // sequence: what is followed below it was loaded already
  std::size_t waiting_ = 0;
  std::unordered_map<LineKey, Line> lines_;
  std::deque<LineKey> ready_lines_;
  std::deque<domain::DeliveryId> due_;
  std::multimap<Time, domain::DeliveryId> retries_;
  std::vector<std::shared_ptr<const domain::Delivery>> early_;  // followed before the load was done
  asio::steady_timer timer_;
};

}  // namespace gantry::integrations
