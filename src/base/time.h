#pragma once
// Wall-clock time in milliseconds, its ISO-8601 form, and the Clock seam that tests move.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gantry {

using Milliseconds = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Milliseconds>;

constexpr std::int64_t to_epoch_ms(Time time) {
  return time.time_since_epoch().count();
}
constexpr Time from_epoch_ms(std::int64_t ms) {
  return Time{Milliseconds{ms}};
}

// "2026-06-08T12:46:40.123Z"; years 0000 to 9999.
std::string to_iso(Time time);
// What JavaScript's Date reads of ISO-8601: date, optional time, fraction and zone; also epoch
// milliseconds written as digits. Nothing for anything else.
std::optional<Time> from_iso(std::string_view text);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
};

}  // namespace gantry
