#include "app/housekeeping.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "base/log.h"
#include "domain/error_codes.h"

namespace gantry::app {

void Housekeeping::add(std::string name, std::chrono::seconds period, Job job) {
  chores_.push_back({std::move(name), period, std::move(job), asio::steady_timer(strand_)});
}

void Housekeeping::start() {
  for (Chore& chore : chores_) tasks_.spawn_on(strand_, chore.name, keep_doing(chore));
}

void Housekeeping::hurry() {
  asio::post(strand_, [this] {
    for (Chore& chore : chores_) {
      chore.hurried = true;
      chore.timer.cancel();
    }
  });
}

void Housekeeping::stop() {
  asio::post(strand_, [this] {
    stopping_ = true;
    for (Chore& chore : chores_) chore.timer.cancel();
  });
}

asio::awaitable<void> Housekeeping::keep_doing(Chore& chore) {
  while (!stopping_) {
    if (!chore.hurried) {
      chore.timer.expires_after(chore.period);
      boost::system::error_code error;
      co_await chore.timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
      if (stopping_) co_return;
    }
    chore.hurried = false;
    const Result<void> done = co_await chore.job();
    if (!done) {
      log::warn("housekeeping failed", {{"job", chore.name}, {"error", text_of(done.error())}});
    }
  }
}

}  // namespace gantry::app
