// JSON from strangers: bounded parsing never throws, and what was read is written and read again
// unchanged, but for the last digits of a fraction (Boost.JSON 1.81 does not round them exactly)
// and for whole numbers, which we write as JavaScript does, without a point.
// The order of values that lists are sorted by must hold together on anything.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "wire/value_order.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

namespace json = gantry::json;

constexpr double kRoundingMax = 1e-14;  // of the number

bool is_close(double a, double b) {
  return a == b || std::abs(a - b) <= kRoundingMax * std::max(std::abs(a), std::abs(b));
}

bool is_same(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number() && (a.is_double() || b.is_double())) {
    return is_close(a.to_number<double>(), b.to_number<double>());
  }
  if (const json::array* items = a.if_array()) {
    const json::array* others = b.if_array();
    return others != nullptr &&
           std::equal(items->begin(), items->end(), others->begin(), others->end(), is_same);
  }
  if (const json::object* members = a.if_object()) {
    const json::object* others = b.if_object();
    return others != nullptr && std::equal(members->begin(), members->end(), others->begin(),
                                           others->end(), [](const auto& x, const auto& y) {
                                             return x.key() == y.key() &&
                                                    is_same(x.value(), y.value());
                                           });
  }
  return a == b;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const JsonLimits limits{.bytes_max = 1 << 16, .depth_max = 32};
  const auto value = parse_json(text, limits);
  if (!value) return 0;
  require(text.size() <= limits.bytes_max);
  static_cast<void>(is_truthy(*value));
  static_cast<void>(to_js_string(*value));
  require(wire::compare_values(*value, *value) == 0);

  for (const std::string& written : {std::string(json::serialize(*value)), to_json_text(*value)}) {
    const auto again = parse_json(written, {.bytes_max = 1 << 20, .depth_max = 32});
    require(again.has_value());
    require(is_same(*value, *again));
  }

  if (const json::array* items = value->if_array(); items != nullptr && items->size() >= 3) {
    const auto& a = (*items)[0];
    const auto& b = (*items)[1];
    const auto& c = (*items)[2];
    require(wire::compare_values(a, b) == 0 <=> wire::compare_values(b, a));
    if (wire::compare_values(a, b) <= 0 && wire::compare_values(b, c) <= 0) {
      require(wire::compare_values(a, c) <= 0);
    }
  }
  return 0;
}
