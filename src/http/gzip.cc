#include "http/gzip.h"

#include <algorithm>
#include <array>
#include <limits>

#include <zlib.h>

#include "http/coarse_clock.h"
#include "http/header_tokens.h"

namespace gantry::http {
namespace {

// 15 bits of window, plus 16: zlib's way to say gzip.
constexpr int kGzipWindowBits = 15 + 16;
constexpr int kMemoryLevel = 8;

class Compressor {
 public:
  explicit Compressor(int level) : level_(level) {
    ready_ = deflateInit2(&stream_, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                          Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Compressor() {
    if (ready_) deflateEnd(&stream_);
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  int level() const { return level_; }

  std::optional<std::string> compress(std::string_view bytes) {
    if (!ready_ || bytes.size() > std::numeric_limits<uInt>::max()) return std::nullopt;
    if (deflateReset(&stream_) != Z_OK) return std::nullopt;
    // Room for less than the input: what does not fit is not worth sending compressed.
    std::string out(bytes.size(), '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) return std::nullopt;
    out.resize(stream_.total_out);
    return out;
  }

 private:
  z_stream stream_{};
  int level_;
  bool ready_ = false;
};

}  // namespace

bool is_compressible(std::string_view content_type) {
  static constexpr std::array<std::string_view, 6> kTypes{
      "application/json", "application/javascript",    "application/xml",
      "image/svg+xml",    "application/manifest+json", "application/yaml"};
  const std::string_view type = media_type_of(content_type);
  if (equals_ignoring_case(type.substr(0, 5), "text/")) return true;
  return std::any_of(kTypes.begin(), kTypes.end(),
                     [&](std::string_view known) { return equals_ignoring_case(type, known); });
}

std::optional<std::string> gzip(std::string_view bytes, int level) {
  thread_local std::optional<Compressor> compressor;
  if (!compressor || compressor->level() != level) compressor.emplace(level);
  return compressor->compress(bytes);
}

bool CpuBudget::may_spend() {
  const std::int64_t now_ms = coarse_now_ms();
  std::int64_t before_ms = refilled_at_ms_.load(std::memory_order_relaxed);
  // Who moves the mark forward adds what the time since has earned.
  if (now_ms > before_ms && refilled_at_ms_.compare_exchange_strong(before_ms, now_ms)) {
    const double earned_ns =
        static_cast<double>(std::min<std::int64_t>(now_ms - before_ms, 10'000)) * 1e6 * share_max_;
    const std::int64_t left_ns = left_ns_.fetch_add(static_cast<std::int64_t>(earned_ns)) +
                                 static_cast<std::int64_t>(earned_ns);
    if (left_ns > kBurstNs) left_ns_.fetch_sub(left_ns - kBurstNs);
  }
  return share_max_ > 0 && left_ns_.load(std::memory_order_relaxed) > 0;
}

}  // namespace gantry::http
