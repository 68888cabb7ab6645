#pragma once
// What a script's Store holds while runs of its integration are under way. All of them share one
// ScriptState: each sees what those before it left, and scripts that name Store run one at a time,
// so that none is lost. It reaches the disk in the transaction that ends a run; the last user lets
// go of it after that, and the next one reads it from the disk again. Safe from any thread.

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "base/json.h"
#include "base/task.h"
#include "domain/integration.h"
#include "domain/store.h"

namespace gantry::integrations {

// Changes whenever the script does; Store and globals are lost then.
std::string revision_of(const domain::Integration& integration);

class ScriptState : public std::enable_shared_from_this<ScriptState> {
 public:
  // What is known of it while nobody uses it, so that most runs need not ask the disk.
  struct Memory {
    std::atomic<bool> is_empty_on_disk{false};
  };

  ScriptState(const domain::Integration& integration, std::string revision, domain::Store& store,
              std::shared_ptr<Memory> memory);

  // Nothing is read and nothing is kept.
  bool starts_fresh() const { return starts_fresh_; }
  // Of the script that it belongs to.
  const std::string& revision() const { return revision_; }

  // Lives while a run has its turn.
  class Turn {
   public:
    explicit Turn(std::shared_ptr<ScriptState> state) : state_(std::move(state)) {}
    Turn(Turn&&) = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (state_) state_->end_turn();
    }

   private:
    std::shared_ptr<ScriptState> state_;
  };
  // Errors: Busy, when the runs before this one take too long.
  Task<Turn> take_turn();

  // Read from the disk when no run did so yet.
  Task<json::object> content();
  void put(json::object content);

  // Writes what it holds now; nothing when the script was changed or removed meanwhile.
  void save_in(domain::Tx& tx) const;

 private:
  using Strand = asio::strand<asio::any_io_executor>;
  struct Waiter {
    explicit Waiter(const Strand& strand) : wake(strand) {}
    asio::steady_timer wake;
    bool has_turn = false;
  };

  asio::awaitable<bool> wait_for_turn();
  void end_turn();

  const domain::IntegrationId id_;
  const std::string revision_;
  const bool starts_fresh_;
  const bool one_by_one_;
  domain::Store& store_;

  const std::shared_ptr<Memory> memory_;

  mutable std::mutex mutex_;
  std::optional<json::object> content_;
  std::optional<Strand> strand_;

  // On the strand:
  bool taken_ = false;
  std::deque<Waiter*> waiting_;
};

}  // namespace gantry::integrations
