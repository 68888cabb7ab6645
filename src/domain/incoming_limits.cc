#include "domain/incoming_limits.h"

#include <algorithm>

namespace gantry::domain {
namespace {

// Where no number is set, so many hooks or clients may make all the calls that one may.
constexpr std::int64_t kTogether = 60;
constexpr std::int64_t kCallsMax = std::int64_t{1} << 40U;

std::optional<std::int64_t> together(std::int64_t set, std::int64_t calls) {
  if (set < 0) return std::nullopt;
  return set == 0 ? calls * kTogether : set;
}

}  // namespace

IncomingLimits incoming_limits_of(const Settings& settings) {
  IncomingLimits out;
  const std::int64_t own = settings.get_int(Setting::IncomingCalls);
  out.calls = std::min(own > 0 ? own : settings.get_int(Setting::ApiRateLimiterCalls), kCallsMax);
  out.hook_calls = together(settings.get_int(Setting::IncomingHookCalls), out.calls);
  out.client_calls = together(settings.get_int(Setting::IncomingClientCalls), out.calls);
  out.window = Milliseconds{settings.get_int(Setting::ApiRateLimiterWindow)};
  return out;
}

}  // namespace gantry::domain
