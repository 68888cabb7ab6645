#include "integrations/incoming/key_turns.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "domain/error_codes.h"

namespace gantry::integrations {

// Who has a turn has a line, in which the others of the key wait.
class KeyTurns::Lines : public std::enable_shared_from_this<Lines> {
 public:
  explicit Lines(const asio::any_io_executor& executor) : strand_(asio::make_strand(executor)) {}

  const asio::strand<asio::any_io_executor>& strand() const { return strand_; }

  // On the strand. False: the wait was too long.
  asio::awaitable<bool> wait(std::string key) {
    const auto [at, free] = lines_.try_emplace(key);
    if (free) co_return true;
    Waiter waiter(strand_);
    at->second.push_back(&waiter);
    waiter.wake.expires_after(kKeyWaitMax);
    boost::system::error_code ignored;
    co_await waiter.wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!waiter.has_turn) std::erase(lines_.at(key), &waiter);
    co_return waiter.has_turn;
  }

  void end(std::string key) {
    asio::post(strand_, [self = shared_from_this(), key = std::move(key)] {
      const auto at = self->lines_.find(key);
      if (at->second.empty()) {
        self->lines_.erase(at);
        return;
      }
      Waiter& next = *at->second.front();
      at->second.pop_front();
      next.has_turn = true;
      next.wake.cancel();
    });
  }

 private:
  struct Waiter {
    explicit Waiter(const asio::strand<asio::any_io_executor>& strand) : wake(strand) {}
    asio::steady_timer wake;
    bool has_turn = false;
  };

  asio::strand<asio::any_io_executor> strand_;
  std::unordered_map<std::string, std::deque<Waiter*>> lines_;  // on the strand
};

KeyTurns::KeyTurns(asio::any_io_executor executor) : lines_(std::make_shared<Lines>(executor)) {}

KeyTurns::Turn::~Turn() {
  if (lines_) lines_->end(std::move(key_));
}

Task<KeyTurns::Turn> KeyTurns::take(std::string key) {
  const auto lines = lines_;
  const bool taken =
      co_await asio::co_spawn(lines->strand(), lines->wait(key), asio::use_awaitable);
  if (!taken) co_return ErrorCode::IdempotencyKeyInUse;
  co_return Turn(lines, std::move(key));
}

}  // namespace gantry::integrations
