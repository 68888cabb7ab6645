#pragma once
// How often hooks may be called, as the workspace's settings say at one moment.

#include <optional>

#include "base/time.h"
#include "domain/settings.h"

namespace gantry::domain {

struct IncomingLimits {
  std::int64_t calls = 0;                    // of one hook's address from one client
  std::optional<std::int64_t> hook_calls;    // of one hook from all clients; none: no limit
  std::optional<std::int64_t> client_calls;  // of all hooks from one client; none: no limit
  Milliseconds window{0};
};

IncomingLimits incoming_limits_of(const Settings& settings);

}  // namespace gantry::domain
