#pragma once
// Hands a result from the loop's thread to the coroutine that waits, on that coroutine's own
// executor, and keeps this executor busy until then.

#include <memory>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>

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
  virtual const asio::any_io_executor& executor() const = 0;
  // On that executor, once. `remains` may own this completion.
  virtual void resume(HttpResult result, std::unique_ptr<Remains> remains) = 0;
};

template <class Handler>
class HandlerCompletion final : public Completion {
 public:
  explicit HandlerCompletion(Handler handler)
      : executor_(asio::get_associated_executor(handler)),
        work_(asio::make_work_guard(handler)),
        handler_(std::move(handler)) {}

  const asio::any_io_executor& executor() const override { return executor_; }
  void resume(HttpResult result, std::unique_ptr<Remains> remains) override {
    const auto work = std::move(work_);
    auto handler = std::move(handler_);
    remains.reset();
    handler(std::move(result));
  }

 private:
  const asio::any_io_executor executor_;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> work_;
  Handler handler_;
};

template <class Handler>
std::unique_ptr<Completion> make_completion(Handler handler) {
  return std::make_unique<HandlerCompletion<Handler>>(std::move(handler));
}

}  // namespace gantry::egress
