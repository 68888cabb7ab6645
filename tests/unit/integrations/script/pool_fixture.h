#pragma once
// A pool with real workers, and short ways to run scripts in it.

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "integrations/script/worker_pool.h"

namespace gantry::integrations::script {

class WorkerPoolTest : public testing::Test {
 protected:
  WorkerPoolTest() : WorkerPoolTest(WorkerPoolOptions{}) {}
  explicit WorkerPoolTest(WorkerPoolOptions options)
      : work_(asio::make_work_guard(io_)),
        threads_{std::thread([this] { io_.run(); }), std::thread([this] { io_.run(); })},
        pool_(std::make_unique<WorkerPool>(io_, options)) {}

  ~WorkerPoolTest() override {
    pool_.reset();
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
  }

  CompileOutcome compile(std::string source, CompileMode mode = CompileMode::Sloppy) {
    return asio::co_spawn(io_, pool_->compile(std::move(source), mode, {}), asio::use_future).get();
  }

  std::future<RunOutcome> start(RunRequest request) {
    return asio::co_spawn(io_, pool_->run(std::move(request)), asio::use_future);
  }

  RunOutcome run(RunRequest request) { return start(std::move(request)).get(); }

  // A request whose script is `class Script` with this body of process_incoming_request.
  RunRequest incoming(std::string body, std::string before = "") {
    return request_for(before + "class Script { process_incoming_request({ request }) {" + body +
                       "} }");
  }

  RunRequest request_for(std::string source, CompileMode mode = CompileMode::Sloppy) {
    CompileOutcome compiled = compile(source, mode);
    EXPECT_TRUE(compiled.code) << compiled.fault.message;
    RunRequest request;
    request.integration_id = "integration";
    request.revision = source;
    request.code = std::make_shared<const std::string>(compiled.code.value_or(""));
    request.argument = {{"request", {{"content", {{"text", "hello"}}}}}};
    return request;
  }

  // An integration that adds one to a global in each run: proof that others are not disturbed.
  RunRequest counter() {
    RunRequest request = incoming(
        "count = (typeof count === 'number' ? count : 0) + 1;"
        "return count;");
    request.integration_id = "counter";
    return request;
  }

  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread threads_[2];
  std::unique_ptr<WorkerPool> pool_;
};

inline std::string text_result(const RunOutcome& outcome) {
  return outcome.result ? json::serialize(*outcome.result) : "undefined";
}

}  // namespace gantry::integrations::script
