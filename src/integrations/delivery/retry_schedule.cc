#include "integrations/delivery/retry_schedule.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>

namespace gantry::integrations {
namespace {

// What the admin page of the original preselects, for integrations that say nothing.
constexpr std::string_view kDefaultDelay = "powers-of-ten";
constexpr std::int64_t kDefaultCount = 6;

constexpr Milliseconds kPolicyFirstWait{5'000};
constexpr Milliseconds kPolicyWaitMax{6 * 3'600'000};
constexpr double kPolicyJitter = 0.2;
constexpr std::chrono::hours kPolicyAgeMax{72};

// A wait longer than this would not fit any calendar; exponents beyond it change nothing.
constexpr int kExponentMax = 12;

}  // namespace

RetryRules retry_rules_of(const domain::Integration& integration,
                          const domain::Settings& settings) {
  if (!integration.retry_failed_calls) {
    if (!settings.get_bool(domain::Setting::RetryByDefault)) return {};
    return {true, kDefaultCount, std::string(kDefaultDelay)};
  }
  return {*integration.retry_failed_calls, integration.retry_count.value_or(0),
          integration.retry_delay.value_or("")};
}

std::optional<Milliseconds> retry_wait(std::string_view delay, int tries, double jitter) {
  const int exponent = std::min(tries, kExponentMax);
  if (delay == "powers-of-ten") {
    return Milliseconds{static_cast<std::int64_t>(std::pow(10.0, exponent + 2))};
  }
  if (delay == "powers-of-two")
    return Milliseconds{(std::int64_t{2} << std::min(tries, 40)) * 1000};
  if (delay == "increments-of-two") return Milliseconds{(std::int64_t{tries} + 1) * 2000};
  if (delay == "policy") {
    const Milliseconds wait =
        std::min(kPolicyWaitMax, kPolicyFirstWait * (std::int64_t{1} << (2 * exponent)));
    return Milliseconds{static_cast<std::int64_t>(static_cast<double>(wait.count()) *
                                                  (1 + kPolicyJitter * jitter))};
  }
  return std::nullopt;
}

bool policy_retries(unsigned status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

bool is_too_old(std::string_view delay, Time created, Time retry) {
  return delay == "policy" && retry - created > kPolicyAgeMax;
}

std::optional<Milliseconds> read_retry_after(std::string_view header, Time now) {
  if (header.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (error == std::errc{} && end == header.data() + header.size() && seconds >= 0) {
    return std::chrono::seconds{std::min<std::int64_t>(seconds, 366LL * 86'400)};
  }
  std::tm date{};
  const std::string text(header);
  if (::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date) == nullptr) return std::nullopt;
  const Time at = from_epoch_ms(std::int64_t{::timegm(&date)} * 1000);
  return std::max(Milliseconds{0}, at - now);
}

}  // namespace gantry::integrations
