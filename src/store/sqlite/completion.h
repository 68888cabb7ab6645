#pragma once
// How a function that the store ran gives its caller the outcome.

#include <exception>
#include <functional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "base/result.h"

namespace gantry::store::sqlite {

struct Outcome {
  Result<void> result;
  std::exception_ptr fault;
};

// `resume` is called once, on `executor`; without it nobody waits.
struct Completion {
  boost::asio::any_io_executor executor;
  std::function<void(Outcome)> resume;
};

class Completed {
 public:
  Completed(Completion completion, Outcome outcome)
      : completion_(std::move(completion)), outcome_(std::move(outcome)) {}

  const boost::asio::any_io_executor& executor() const { return completion_.executor; }
  void resume() { completion_.resume(std::move(outcome_)); }

 private:
  Completion completion_;
  Outcome outcome_;
};

}  // namespace gantry::store::sqlite
