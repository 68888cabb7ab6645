#include "dispatch/rate_limiter.h"

#include <algorithm>
#include <vector>

namespace gantry::dispatch {

RateVerdict RateLimiter::count(const std::string& key, const RateLimit& limit, Time now) {
  RateVerdict verdict;
  windows_.update(key, [&](Window& window) {
    if (window.ends_at <= now) window = {now + limit.window, 0};
    ++window.calls;
    verdict = {window.calls <= limit.calls, limit.calls,
               std::max<std::int64_t>(0, limit.calls - window.calls), window.ends_at};
    return true;
  });
  return verdict;
}

void RateLimiter::sweep(Time now) {
  std::vector<std::string> ended;
  windows_.for_each([&](const std::string& key, const Window& window) {
    if (window.ends_at <= now) ended.push_back(key);
  });
  for (const std::string& key : ended) {
    windows_.update(key, [now](const Window& window) { return window.ends_at > now; });
  }
}

}  // namespace gantry::dispatch
