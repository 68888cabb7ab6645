#pragma once
// Spares a target that cannot be reached. After some failures in a row it is left alone for a
// while; then one attempt probes it, and its end decides. An HTTP answer of any status is no
// failure: the target is there. Moved clocks do no harm.

#include <optional>

#include "base/time.h"

namespace gantry::integrations {

enum class Reach {
  Answered,  // some HTTP answer came
  Failed,    // refused, reset, timed out, no such name, ...
  Unknown,   // the attempt ended for other reasons
};

class Circuit {
 public:
  static constexpr int kFailuresToOpen = 5;
  static constexpr Milliseconds kPauseFirst{1'000};  // doubled by each probe that fails
  static constexpr Milliseconds kPauseMax{30'000};

  bool is_open() const { return open_until_.has_value(); }
  // Nothing went wrong lately; such a circuit need not be remembered.
  bool is_calm() const { return failures_ == 0; }
  // `running` attempts are under way to the target.
  bool may_try(Time now, std::size_t running) const;
  // When a probe may begin, while it is open.
  std::optional<Time> probe_at() const { return open_until_; }
  void ended(Reach reach, Time now);

 private:
  bool pause_is_over(Time now) const;

  int failures_ = 0;  // in a row
  Milliseconds pause_{0};
  std::optional<Time> open_until_;
};

}  // namespace gantry::integrations
