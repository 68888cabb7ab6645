// The list parameters as a stranger may send them: nothing may crash, hang or break a rule that
// always holds. Input: the query, a newline, the document that it is run over; both are also read
// as `sort` and `fields`.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/field_projection.h"
#include "wire/query_filter.h"
#include "wire/sort_order.h"

namespace gantry::wire {
namespace {

// Small, so that a run over a hostile expression ends soon.
const QueryLimits kLimits = [] {
  QueryLimits limits;
  limits.regex.steps_max = 2000;
  return limits;
}();

void require(bool condition) {
  if (!condition) std::abort();
}

void run_query(std::string_view raw, const json::object& document) {
  auto filter = QueryFilter::parse(raw, kLimits);
  if (!filter) {
    require(!filter.error().message.empty());
    return;
  }
  const auto first = filter->matches(document);
  const auto again = filter->matches(document);
  require(!first || !again || *first == *again);

  // One that is usual, and one that the filter surely has.
  const std::string own = filter->attributes().empty() ? "b.c" : filter->attributes().back();
  const std::array<std::string_view, 2> names = {"a", own};
  const auto left = (*std::move(filter)).without(names);
  for (const std::string& attribute : left.attributes()) {
    require(!is_related_path(names[0], attribute) && !is_related_path(names[1], attribute));
  }
  static_cast<void>(left.matches(document));
}

void run_sort(std::string_view raw, const json::object& document) {
  const auto order = parse_sort(raw);
  if (!order) return;
  require(order->compare(document, document) == 0);
  const json::object empty;
  require(order->compare(document, empty) == 0 <=> order->compare(empty, document));
}

void run_fields(std::string_view raw, const json::object& document) {
  auto fields = parse_fields(raw);
  if (!fields) return;
  constexpr std::array<std::string_view, 1> kSecret = {"a"};
  fields->exclude(kSecret);
  const json::object shown = fields->projected(document);
  require(!shown.contains("a"));
  require(fields->projected(shown) == shown);
}

}  // namespace
}  // namespace gantry::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  const std::string_view raw = input.substr(0, end);
  const std::string_view rest = end == std::string_view::npos ? "{}" : input.substr(end + 1);
  const auto parsed = gantry::parse_json(rest, {.bytes_max = 1 << 16, .depth_max = 32});
  const auto document =
      parsed && parsed->is_object() ? parsed->get_object() : gantry::json::object{};
  gantry::wire::run_query(raw, document);
  gantry::wire::run_sort(raw, document);
  gantry::wire::run_fields(raw, document);
  return 0;
}
