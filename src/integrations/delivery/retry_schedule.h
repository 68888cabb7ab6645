#pragma once
// When a failed attempt is tried again. Pure. Source: contract "integrations" 12.

#include <optional>
#include <string>

#include "base/time.h"
#include "domain/integration.h"
#include "domain/settings.h"

namespace gantry::integrations {

// The rules of one integration, with the workspace's default where it says nothing.
struct RetryRules {
  bool enabled = false;
  std::int64_t count = 0;
  std::string delay;  // powers-of-ten, powers-of-two, increments-of-two, policy
};

RetryRules retry_rules_of(const domain::Integration& integration, const domain::Settings& settings);

// The wait before retry number tries + 1; nothing when the form of the delay is not known.
// `jitter` in [0, 1) spreads the waits of `policy` only.
std::optional<Milliseconds> retry_wait(std::string_view delay, int tries, double jitter);

// The statuses that `policy` tries again; the other forms retry every failure.
bool policy_retries(unsigned status);

// Whether `policy` gives up rather than try again at `retry`; the other forms know no age.
bool is_too_old(std::string_view delay, Time created, Time retry);

// What a Retry-After header asks for: seconds or an HTTP date.
std::optional<Milliseconds> read_retry_after(std::string_view header, Time now);

}  // namespace gantry::integrations
