#include "wire/sort_order.h"

#include <optional>

#include "domain/error_codes.h"
#include "wire/list_parameter.h"
#include "wire/value_order.h"

namespace gantry::wire {
namespace {

constexpr JsonLimits kSortText{.bytes_max = 16 * 1024, .depth_max = 2};

// What a document is sorted by. An empty array has a rank of its own, before everything.
struct SortValue {
  bool is_empty_array = false;
  const json::value* value = nullptr;  // null: missing

  std::weak_ordering compare(const SortValue& other) const {
    if (is_empty_array || other.is_empty_array) return other.is_empty_array <=> is_empty_array;
    return compare_values(value, other.value);
  }
};

// Finds the least or the greatest of the values behind a path.
class SortValueSearch {
 public:
  explicit SortValueSearch(const SortOrder::Key& key) : key_(key), parts_(key.path.parts()) {}

  SortValue in(const json::object& document) {
    member(document, 0);
    return *best_;
  }

 private:
  void offer(const SortValue& value) {
    if (!best_) {
      best_ = value;
      return;
    }
    const auto order = value.compare(*best_);
    if (key_.direction == SortDirection::Rising ? order < 0 : order > 0) best_ = value;
  }

  void offer_missing() { offer({false, nullptr}); }

  void member(const json::object& object, std::size_t at) {
    const json::value* value = object.if_contains(parts_[at].name);
    if (value == nullptr) return offer_missing();
    reach(*value, at + 1);
  }

  // `value` lies behind the first `at` parts.
  void reach(const json::value& value, std::size_t at) {
    const bool last = at == parts_.size();
    if (const json::array* array = value.if_array())
      return last ? items(*array) : enter(*array, at);
    if (last) return offer({false, &value});
    if (!value.is_object()) return offer_missing();
    member(value.get_object(), at);
  }

  void items(const json::array& array) {
    if (array.empty()) return offer({true, nullptr});
    for (const json::value& item : array) offer({false, &item});
  }

  void enter(const json::array& array, std::size_t at) {
    if (const auto& place = parts_[at].place) {
      return *place < array.size() ? reach(array[*place], at + 1) : offer_missing();
    }
    if (array.empty()) return offer_missing();
    for (const json::value& item : array) {
      if (item.is_object()) {
        member(item.get_object(), at);
      } else {
        offer_missing();
      }
    }
  }

  const SortOrder::Key& key_;
  const std::vector<DottedPath::Part>& parts_;
  std::optional<SortValue> best_;
};

std::optional<SortDirection> to_direction(const json::value& value) {
  if (!value.is_number()) return std::nullopt;
  const double number = value.to_number<double>();
  if (number == 1) return SortDirection::Rising;
  if (number == -1) return SortDirection::Falling;
  return std::nullopt;
}

std::optional<std::vector<SortOrder::Key>> to_keys(const json::object& object) {
  if (object.size() > kSortKeysMax) return std::nullopt;
  std::vector<SortOrder::Key> keys;
  keys.reserve(object.size());
  for (const auto& member : object) {
    const auto direction = to_direction(member.value());
    auto path = DottedPath::from(member.key());
    if (!direction || !path || member.key().empty()) return std::nullopt;
    keys.push_back({std::string(member.key()), *direction, std::move(*path)});
  }
  return keys;
}

}  // namespace

std::weak_ordering SortOrder::compare(const json::object& a, const json::object& b) const {
  for (const Key& key : keys_) {
    const auto order = SortValueSearch(key).in(a).compare(SortValueSearch(key).in(b));
    if (order != 0) return key.direction == SortDirection::Rising ? order : 0 <=> order;
  }
  return std::weak_ordering::equivalent;
}

Result<SortOrder> parse_sort(std::string_view raw) {
  const auto value = parse_json(raw, kSortText);
  if (value && value->is_object()) {
    if (auto keys = to_keys(value->get_object())) return SortOrder(*std::move(keys));
  }
  return invalid_list_parameter(ErrorCode::InvalidSort, "sort", raw);
}

}  // namespace gantry::wire
