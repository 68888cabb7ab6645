#pragma once
// The inner types of WorkerPool that its two source files share.

#include <deque>
#include <set>

#include <boost/asio/local/stream_protocol.hpp>

#include "integrations/script/messages.h"
#include "integrations/script/worker_pool.h"

namespace gantry::integrations::script {

struct WorkerPool::Worker {
  explicit Worker(const Strand& strand) : socket(strand), deadline(strand) {}

  std::uint64_t id = 0;
  pid_t pid = -1;
  asio::local::stream_protocol::socket socket;
  asio::steady_timer deadline;
  bool ready = false;  // has said hello
  bool busy = false;
  bool dead = false;
  bool computing = false;  // counts as one of those that compute
  bool aside = false;      // its run is a long one, at the lowest priority
  Instant computing_since;
  bool was_late = false;  // killed by its deadline
  Instant idle_since;
  std::set<std::uint64_t> states;
  std::vector<std::uint64_t> forgotten;  // to be told with the next run
  std::string unread;                    // bytes received and not yet looked at
};

// Lives while a run or compilation is under way.
class WorkerPool::InFlight {
 public:
  explicit InFlight(WorkerPool& pool) : pool_(pool) {
    const std::lock_guard lock(pool_.in_flight_mutex_);
    ++pool_.in_flight_;
  }
  ~InFlight() {
    const std::lock_guard lock(pool_.in_flight_mutex_);
    if (--pool_.in_flight_ == 0) pool_.all_landed_.notify_all();
  }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  WorkerPool& pool_;
};

// One run's exchange with its worker.
struct WorkerPool::Conversation {
  explicit Conversation(const Strand& strand) : cut_off_timer(strand), written(strand) {}

  WorkerPtr worker;
  HttpPower http;
  std::string integration_id;
  ScriptLimits limits;
  Instant deadline;
  asio::steady_timer cut_off_timer;  // a little before the deadline
  std::set<std::uint32_t> outstanding;
  std::uint32_t calls = 0;
  std::deque<std::string> replies;
  bool writing = false;
  asio::steady_timer written;  // cancelled when `writing` ends
  bool waiting = false;        // the worker computes nothing now
  bool was_cut_off = false;
  bool over = false;
};

struct ReceivedFrame {
  FrameType type{};
  std::string body;
};

// The next whole frame; nothing when the socket ends or a frame is larger than may be.
asio::awaitable<std::optional<ReceivedFrame>> receive_frame(
    asio::local::stream_protocol::socket* socket, std::string* unread);
asio::awaitable<bool> send_frame(asio::local::stream_protocol::socket* socket, std::string frame);

}  // namespace gantry::integrations::script
