#pragma once
// One call at a time for each idempotency key, so that a second call finds the answer of the first
// one instead of running beside it. Safe from any thread; the turns may outlive it.

#include <chrono>
#include <memory>
#include <string>

#include "base/task.h"

namespace gantry::integrations {

// How long a call waits for the calls of its key that came before.
inline constexpr std::chrono::seconds kKeyWaitMax{5};

class KeyTurns {
 public:
  explicit KeyTurns(asio::any_io_executor executor);

  class Lines;
  // Lives while a call has its turn.
  class Turn {
   public:
    Turn() = default;
    Turn(std::shared_ptr<Lines> lines, std::string key)
        : lines_(std::move(lines)), key_(std::move(key)) {}
    Turn(Turn&&) = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

   private:
    std::shared_ptr<Lines> lines_;
    std::string key_;
  };
  // Errors: IdempotencyKeyInUse, when the calls before this one take too long.
  Task<Turn> take(std::string key);

 private:
  std::shared_ptr<Lines> lines_;
};

}  // namespace gantry::integrations
