// Query strings and form bodies: nothing may crash, what is read stays within the limits and is
// UTF-8, and the quick way and the bracket way agree.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/query_string.h"

namespace gantry::wire {
namespace {

// Five groups, the name and the unclosed rest, each of them in a list of its own where keys
// conflict.
constexpr std::size_t kDepthBeyond = 14;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const json::value& value, const QueryStringLimits& limits, std::size_t depth) {
  require(depth <= kDepthBeyond);
  require(value.is_string() || value.is_array() || value.is_object());
  if (const json::array* list = value.if_array()) {
    require(list->size() <= limits.array_items_max);
    for (const json::value& item : *list) check(item, limits, depth + 1);
  } else if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) check(member.value(), limits, depth + 1);
  }
}

}  // namespace
}  // namespace gantry::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry;
  using namespace gantry::wire;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  QueryStringLimits limits;
  limits.array_items_max = 8;
  limits.parameters_max = 50;
  const auto result = parse_query_string(raw, limits);
  if (!result) return 0;
  for (const auto& member : *result) check(member.value(), limits, 1);
  // What is written must be readable again, so it is UTF-8.
  require(parse_json(json::serialize(*result)).has_value());

  // A further key with brackets changes nothing of what was read without any.
  if (raw.empty() || raw.find_first_of("[]") != std::string_view::npos) return 0;
  if (raw.find("%5") != std::string_view::npos || result->contains("other")) return 0;
  limits.parameters_max += 1;
  const auto bracketed = parse_query_string(std::string(raw) + "&other[x]=1", limits);
  require(static_cast<bool>(bracketed));
  json::object expected = *result;
  expected["other"] = json::object{{"x", "1"}};
  require(*bracketed == expected);
  return 0;
}
