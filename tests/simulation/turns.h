#pragma once
// Chance that a seed decides, and the points at which a simulation chooses what goes on next.

#include <deque>
#include <functional>
#include <memory>
#include <random>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/task.h"

namespace gantry::simulation {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool one_in(std::size_t times) { return below(times) == 0; }

 private:
  std::mt19937_64 random_;
};

// Who takes a turn goes on when it is drawn, among those that have waited longest: nobody waits so
// long that a timer of the engine runs out.
class Turns {
 public:
  explicit Turns(Chance& chance) : chance_(chance) {}

  asio::awaitable<void> take() {
    const auto start = [this](auto handler) {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      waiting_.emplace_back([shared] {
        asio::post(asio::get_associated_executor(*shared), [shared] { std::move (*shared)(); });
      });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(start,
                                                                          asio::use_awaitable);
  }

  bool empty() const { return waiting_.empty(); }
  void draw() {
    const std::size_t at = chance_.below(std::min(waiting_.size(), kDrawnFrom));
    const std::function<void()> go_on = std::move(waiting_[at]);
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(at));
    go_on();
  }

 private:
  static constexpr std::size_t kDrawnFrom = 24;

  Chance& chance_;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace gantry::simulation
