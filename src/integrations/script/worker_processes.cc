// The processes of the pool: how workers start, end, and are looked after.
#include <algorithm>
#include <fstream>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <unistd.h>

#include "base/log.h"
#include "integrations/script/http_power.h"
#include "integrations/script/worker_pool_parts.h"

namespace gantry::integrations::script {

namespace {

constexpr auto kStartMax = std::chrono::seconds(15);
constexpr auto kHouseKeeping = std::chrono::seconds(5);
constexpr std::size_t kCauseBytesMax = 500;

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

// One machine says the same to all.
void WorkerPool::note_isolation(std::string refused) {
  const std::lock_guard lock(not_isolated_mutex_);
  if (not_isolated_) return;
  if (!refused.empty()) {
    log::warn("script workers have no namespaces of their own",
              {{"cause", refused}, {"hint", "see docs/security.md"}});
  }
  not_isolated_ = std::move(refused);
}

std::optional<std::string> WorkerPool::not_isolated() const {
  const std::lock_guard lock(not_isolated_mutex_);
  return not_isolated_;
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
    note_isolation(std::move(cause));
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
      const auto& slots = at->second->slots;
      const bool is_empty = at->second.use_count() == 1 &&
                            std::all_of(slots.begin(), slots.end(), [](const Slot& slot) {
                              return slot.state_id == 0 || slot.worker->dead;
                            });
      at = is_empty ? homes_.erase(at) : std::next(at);
    }
    dispatch();
  }
}

}  // namespace gantry::integrations::script
