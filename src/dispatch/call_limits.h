#pragma once
// Counts a call against the limits that hold for it, and says which one refused it. Safe from any
// thread. Source: contract "rest" 11 and "integrations" 7.2.

#include <array>
#include <atomic>
#include <optional>
#include <string>

#include "dispatch/operation.h"
#include "domain/incoming_limits.h"

namespace gantry::dispatch {

// The limits of one call, as the settings were when it came; none: it is not counted.
struct CallLimits {
  std::optional<RateLimit> route;                 // of an operation and a client's address
  std::optional<domain::IncomingLimits> of_hook;  // with Rate::PerPath
  std::string shared_key;                         // empty: nothing is shared

  bool any() const { return route || of_hook; }
};

enum class RefusedBy { Route, HookAndClient, Hook, Client };
inline constexpr std::size_t kRefusers = 4;
using RefusedCalls = std::array<std::uint64_t, kRefusers>;  // by RefusedBy

class CallLimiter {
 public:
  // For calls that have a limit. Of several that of the hook and client is told, or the one that
  // refuses.
  RateVerdict count(const Operation& operation, const Call& call, const CallLimits& limits,
                    Time now);
  void sweep(Time now) { windows_.sweep(now); }
  RefusedCalls refused() const;

 private:
  RateVerdict count_one(const std::string& key, const RateLimit& limit, RefusedBy by, Time now);

  RateLimiter windows_;
  std::array<std::atomic<std::uint64_t>, kRefusers> refused_{};
};

// Says how long to wait, in words and in Retry-After.
Reply too_many_requests(const RateVerdict& verdict, Time now);

}  // namespace gantry::dispatch
