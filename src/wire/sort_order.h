#pragma once
// `sort` of list operations: attributes and directions, and the comparison of documents by them in
// MongoDB's order of values. Missing members rank with null; of an array the least item counts when
// rising and the greatest when falling, for each attribute on its own; an empty array comes before
// null. Strings compare by bytes. Immutable after parsing; safe on every thread.

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "wire/query_filter_path.h"

namespace gantry::wire {

constexpr std::size_t kSortKeysMax = 32;

enum class SortDirection { Rising, Falling };

class SortOrder {
 public:
  struct Key {
    std::string attribute;
    SortDirection direction = SortDirection::Rising;
    DottedPath path;
  };

  SortOrder() = default;  // all documents are equal
  explicit SortOrder(std::vector<Key> keys) : keys_(std::move(keys)) {}

  bool empty() const { return keys_.empty(); }
  const std::vector<Key>& keys() const { return keys_; }

  std::weak_ordering compare(const json::object& a, const json::object& b) const;
  // For std::stable_sort.
  bool operator()(const json::object& a, const json::object& b) const { return compare(a, b) < 0; }

 private:
  std::vector<Key> keys_;
};

// A JSON object of 1 and -1, its order kept; else ErrorCode::InvalidSort.
Result<SortOrder> parse_sort(std::string_view raw);

}  // namespace gantry::wire
