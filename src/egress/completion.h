#pragma once
// Hands a result from the loop's thread to the coroutine that waits, on that coroutine's own
// executor, and keeps this executor busy until then.

#include <memory>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "egress/http_client.h"

namespace gantry::egress {

// What a finished transfer leaves behind. It is freed where it was made, on the waiting side:
// memory that wanders between threads is much dearer than memory that comes back.
class Remains {
 public:
  virtual ~Remains() = default;
};

class Completion {
 public:
  virtual ~Completion() = default;
  // `remains` may own this completion.
  virtual void complete(HttpResult result, std::unique_ptr<Remains> remains) = 0;
};

template <class Handler>
class HandlerCompletion final : public Completion {
 public:
  explicit HandlerCompletion(Handler handler)
      : executor_(asio::get_associated_executor(handler)),
        work_(asio::make_work_guard(handler)),
        handler_(std::move(handler)) {}

  // Safety: once posted, all may run and be gone before post() returns, this object included. So
  // the work guard travels with the handler, and the executor kept here counts as no work.
  void complete(HttpResult result, std::unique_ptr<Remains> remains) override {
    const auto executor = executor_;
    asio::post(executor, [work = std::move(work_), handler = std::move(handler_),
                          held = std::move(result), kept = std::move(remains)]() mutable {
      kept.reset();
      handler(std::move(held));
    });
  }

 private:
  asio::associated_executor_t<Handler> executor_;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> work_;
  Handler handler_;
};

template <class Handler>
std::unique_ptr<Completion> make_completion(Handler handler) {
  return std::make_unique<HandlerCompletion<Handler>>(std::move(handler));
}

}  // namespace gantry::egress
