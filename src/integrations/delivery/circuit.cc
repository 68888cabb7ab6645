#include "integrations/delivery/circuit.h"

#include <algorithm>

namespace gantry::integrations {

// A clock that was set back must not make the pause longer than it was meant.
bool Circuit::pause_is_over(Time now) const {
  return now >= *open_until_ || *open_until_ - now > pause_;
}

bool Circuit::may_try(Time now, std::size_t running) const {
  return !open_until_ || (pause_is_over(now) && running == 0);
}

void Circuit::ended(Reach reach, Time now) {
  switch (reach) {
    case Reach::Unknown:
      return;
    case Reach::Answered:
      *this = {};
      return;
    case Reach::Failed:
      break;
  }
  if (++failures_ < kFailuresToOpen) return;
  // Attempts that began before it opened may end later; only probes make the pause longer.
  if (!open_until_) {
    pause_ = kPauseFirst;
  } else if (pause_is_over(now)) {
    pause_ = std::min(2 * pause_, kPauseMax);
  } else {
    return;
  }
  open_until_ = now + pause_;
}

}  // namespace gantry::integrations
