#pragma once
// The pipeline of every operation: match, login, right, shape, rate limit, second factor, handler.
// The order decides which error a caller with two faults sees (contract "rest" 2). Safe from any
// thread; reads the directory only.

#include "base/compute_pool.h"
#include "base/time.h"
#include "dispatch/call_limits.h"
#include "dispatch/routes.h"
#include "dispatch/second_factor_check.h"
#include "domain/directory.h"

namespace gantry::dispatch {

struct DispatchOptions {
  bool rate_limits = true;     // off in test mode
  bool second_factors = true;  // off in test mode
};

class Dispatcher {
 public:
  Dispatcher(const Routes& routes, const domain::Directory& directory, const Clock& clock,
             ComputePool& compute, DispatchOptions options);

  std::size_t body_bytes_max(Method method, std::string_view path) const;
  Answer serve(Call call);
  // Forgets what has run out; to be called now and then.
  void sweep();
  // Calls that a limit refused.
  RefusedCalls refused_calls() const { return limiter_.refused(); }

 private:
  // The caller of one call and what has to be known of him before the handler, all of one moment.
  struct Standing {
    domain::Caller caller;
    domain::PermissionSet permissions;
    CallLimits limits;
  };
  class CallGate;

  Standing identify(const Operation& operation, const Call& call) const;
  CallLimits limits_of(const Operation& operation, const Standing& standing,
                       const domain::Settings& settings) const;

  const Routes& routes_;
  const domain::Directory& directory_;
  const Clock& clock_;
  const DispatchOptions options_;
  CallLimiter limiter_;
  SecondFactorCheck second_factor_;
};

}  // namespace gantry::dispatch
