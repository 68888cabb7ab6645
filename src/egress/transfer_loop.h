#pragma once
// The thread that runs all transfers on one libcurl multi handle. submit(), cancel(), stop() and
// metrics() may be called from any thread; all else belongs to the loop's thread. The thread and
// libcurl's state are made by the first submit(). Every transfer that was submitted is completed
// once, at the latest by stop().

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "egress/admission.h"
#include "egress/curl_handles.h"
#include "egress/transfer.h"
#include "egress/url_cache.h"

namespace gantry::egress {

class TransferLoop {
 public:
  explicit TransferLoop(EgressOptions options);
  ~TransferLoop();
  TransferLoop(const TransferLoop&) = delete;
  TransferLoop& operator=(const TransferLoop&) = delete;

  std::uint64_t new_id() { return next_id_.fetch_add(1, std::memory_order_relaxed); }
  SharedUrlOrFailure parse(const std::string& url) { return urls_.parse(url); }
  void submit(std::unique_ptr<Transfer> transfer);
  void cancel(std::uint64_t id);
  // Completes all that run or wait with ShuttingDown and ends the thread. Blocks shortly.
  void stop();
  EgressMetrics metrics() const;
  void count_failure(HttpFailure::Kind kind);

 private:
  using WaitEnds = std::multimap<SteadyTime, std::uint64_t>;

  // A transfer and where it stands.
  struct Entry {
    std::unique_ptr<Transfer> transfer;
    EasyHandle easy;  // while on the wire
    Admission::Line* line = nullptr;
    SteadyTime waits_until;
    std::optional<WaitEnds::iterator> wait_end;  // when it did not start at once
  };
  struct Inbox {
    std::vector<std::unique_ptr<Transfer>> submitted;
    std::vector<std::uint64_t> cancelled;
    bool stopping = false;

    bool empty() const { return submitted.empty() && cancelled.empty() && !stopping; }
  };
  struct Ended {
    std::unique_ptr<Transfer> transfer;
    HttpResult result;

    const asio::any_io_executor& executor() const { return transfer->executor(); }
    void resume() { Transfer::resume(std::move(transfer), std::move(result)); }
  };
  enum class Wake { Sleeping, Awake };

  void start_thread();
  void run();
  bool take_inbox();
  void wake_if_sleeping(std::unique_lock<std::mutex> lock);
  void let_wait(Entry& entry, SteadyTime until);
  void end_wait(Entry& entry);
  void bound_waits();
  void start_due();
  void start_hop(Entry& entry);
  void take_ended();
  void hop_ended(Entry& entry, CURLcode code);
  void leave_wire(Entry& entry);
  void expire_waiting();
  void drop(std::uint64_t id, HttpFailure failure);
  void finish(Entry& entry, HttpResult result);
  void finish_all();
  void hand_over();
  void sleep();
  void count(const HttpResult& result);

  const EgressOptions options_;
  std::atomic<std::uint64_t> next_id_{1};
  UrlCache urls_;

  std::mutex mutex_;  // guards inbox_, sleeping_, stopped_, thread_
  Inbox inbox_;
  Wake wake_ = Wake::Awake;
  bool stopped_ = false;
  std::thread thread_;
  std::mutex stop_mutex_;  // one stop() at a time

  // Made when the thread starts, before anybody can see it running; destroyed after its end.
  std::unique_ptr<CurlHandles> handles_;
  Inbox taken_;
  Admission admission_;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::vector<std::uint64_t> newly_waiting_;
  WaitEnds wait_ends_;
  std::vector<Ended> ended_;  // handed over together, which wakes the waiting side less often

  std::atomic<std::size_t> unfinished_{0};
  std::atomic<std::size_t> active_{0};
  std::atomic<std::uint64_t> replies_{0};
  std::atomic<std::uint64_t> redirects_{0};
  std::atomic<std::uint64_t> connections_{0};
  std::array<std::atomic<std::uint64_t>, HttpFailure::kKinds> failures_{};
};

}  // namespace gantry::egress
