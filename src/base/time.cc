#include "base/time.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace gantry {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

// Reads exactly `digits` digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc{} || end != text.data() + digits || text[0] == '-') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

// ".123" with any number of digits; only milliseconds are kept.
std::optional<int> take_fraction(std::string_view& text) {
  int ms = 0;
  int scale = 100;
  std::size_t used = 0;
  while (used < text.size() && text[used] >= '0' && text[used] <= '9') {
    ms += (text[used] - '0') * scale;
    scale /= 10;
    ++used;
  }
  if (used == 0) return std::nullopt;
  text.remove_prefix(used);
  return ms;
}

std::optional<std::chrono::minutes> take_zone(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) return std::chrono::minutes{0};
  const bool west = text[0] == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_number(text, 2);
  take(text, ':');
  const auto minutes = take_number(text, 2);
  if (!hours || !minutes) return std::nullopt;
  const auto offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return west ? -offset : offset;
}

}  // namespace

std::string to_iso(Time time) {
  const auto whole_days = std::chrono::floor<days>(time);
  const year_month_day date{whole_days};
  const std::chrono::hh_mm_ss clock{time - whole_days};
  const int year_number = static_cast<int>(date.year());
  // JavaScript writes other years with a sign and six digits.
  const bool is_usual = year_number >= 0 && year_number <= 9999;
  std::string out = is_usual ? "0000" : fmt::format("{:+07}", year_number);
  const std::size_t start = out.size();
  out += "-00-00T00:00:00.000Z";
  const auto put = [&out](std::size_t at, std::size_t digits, std::int64_t value) {
    while (digits-- > 0) {
      out[at + digits] = static_cast<char>('0' + value % 10);
      value /= 10;
    }
  };
  if (is_usual) put(0, 4, year_number);
  put(start + 1, 2, static_cast<unsigned>(date.month()));
  put(start + 4, 2, static_cast<unsigned>(date.day()));
  put(start + 7, 2, clock.hours().count());
  put(start + 10, 2, clock.minutes().count());
  put(start + 13, 2, clock.seconds().count());
  put(start + 16, 3, clock.subseconds().count());
  return out;
}

std::optional<Time> from_iso(std::string_view text) {
  if (!text.empty() &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
      text.size() > 4 && text.size() < 16) {
    std::int64_t ms = 0;
    std::from_chars(text.data(), text.data() + text.size(), ms);
    return from_epoch_ms(ms);
  }
  const auto y = take_number(text, 4);
  if (!y) return std::nullopt;
  int m = 1;
  int d = 1;
  if (take(text, '-')) {
    const auto value = take_number(text, 2);
    if (!value) return std::nullopt;
    m = *value;
    if (take(text, '-')) {
      const auto value_of_day = take_number(text, 2);
      if (!value_of_day) return std::nullopt;
      d = *value_of_day;
    }
  }
  const year_month_day date{year{*y}, month{static_cast<unsigned>(m)},
                            day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  Time time = sys_days{date};
  if (text.empty()) return time;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *hour > 24 || *minute > 59) return std::nullopt;
  time += std::chrono::hours{*hour} + std::chrono::minutes{*minute};
  if (take(text, ':')) {
    const auto second = take_number(text, 2);
    if (!second || *second > 59) return std::nullopt;
    time += std::chrono::seconds{*second};
    if (take(text, '.')) {
      const auto fraction = take_fraction(text);
      if (!fraction) return std::nullopt;
      time += Milliseconds{*fraction};
    }
  }
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return time - *zone;
}

Time SystemClock::now() const {
  return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
}

}  // namespace gantry
