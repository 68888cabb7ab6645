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

class Completion {
 public:
  virtual ~Completion() = default;
  virtual void complete(HttpResult result) = 0;
};

template <class Handler>
class HandlerCompletion final : public Completion {
 public:
  explicit HandlerCompletion(Handler handler)
      : work_(asio::make_work_guard(handler)), handler_(std::move(handler)) {}

  void complete(HttpResult result) override {
    asio::post(work_.get_executor(),
               [handler = std::move(handler_), held = std::move(result)]() mutable {
                 handler(std::move(held));
               });
    work_.reset();
  }

 private:
  asio::executor_work_guard<asio::associated_executor_t<Handler>> work_;
  Handler handler_;
};

template <class Handler>
std::unique_ptr<Completion> make_completion(Handler handler) {
  return std::make_unique<HandlerCompletion<Handler>>(std::move(handler));
}

}  // namespace gantry::egress
