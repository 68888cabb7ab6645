#pragma once
// Compressing replies, and the account that keeps it from starving I/O threads.

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::http {

// Whether bytes of this type usually shrink: text, JSON, JavaScript, XML, SVG.
bool is_compressible(std::string_view content_type);

// A gzip member. Nothing when it would not be smaller. Each thread keeps its compressor.
std::optional<std::string> gzip(std::string_view bytes, int level);

// A share of one core's time, with a short burst. Thread safe.
class CpuBudget {
 public:
  explicit CpuBudget(double share_max) : share_max_(share_max) {}

  // False when the share is used up.
  bool may_spend();
  void spend(std::chrono::nanoseconds time) {
    left_ns_.fetch_sub(time.count(), std::memory_order_relaxed);
  }

 private:
  static constexpr std::int64_t kBurstNs = 100'000'000;

  const double share_max_;
  std::atomic<std::int64_t> left_ns_{kBurstNs};
  std::atomic<std::int64_t> refilled_at_ms_{0};
};

}  // namespace gantry::http
