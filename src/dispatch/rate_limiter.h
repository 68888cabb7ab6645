#pragma once
// Fixed windows per key, starting at the first call; the call that exceeds counts too. Safe from
// any thread. Source: contract "rest" 11.

#include <optional>
#include <string>

#include "base/striped_map.h"
#include "base/time.h"

namespace gantry::dispatch {

struct RateLimit {
  std::int64_t calls = 10;
  Milliseconds window{60'000};
};

struct RateVerdict {
  bool allowed = true;
  std::int64_t limit = 0;
  std::int64_t remaining = 0;
  Time reset_at;
};

class RateLimiter {
 public:
  RateVerdict count(const std::string& key, const RateLimit& limit, Time now);
  // Forgets windows that ended before `now`.
  void sweep(Time now);
  std::size_t size() const { return windows_.size(); }

 private:
  struct Window {
    Time ends_at;
    std::int64_t calls = 0;
  };
  StripedMap<std::string, Window> windows_;
};

}  // namespace gantry::dispatch
