#pragma once
// `query` of list operations: MongoDB's filter language, compiled once and run over documents in
// their wire form. It comes from strangers, so its size, its depth and the work of its regular
// expressions are bounded, and operators that run code or search text are refused by name.
//
// At the top only $or, $and and $regex may begin with a dollar; others are removed there, as are
// the keys `constructor`, `__proto__` and `prototype` anywhere. {"$date": ...} stands for a moment
// and meets members that hold the same moment as ISO-8601 text.
//
// Every failure is ErrorCode::InvalidQuery with a text. A filter is used by one thread at a time.

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "wire/regex.h"

namespace gantry::wire {

struct QueryLimits {
  std::size_t bytes_max = 64 * 1024;
  std::size_t depth_max = 20;  // of the JSON text
  std::size_t conditions_max = 256;
  std::size_t list_items_max = 1000;  // of $in, $nin and $all
  RegexLimits regex;
  // For all matches of one filter's regular expressions together.
  std::chrono::milliseconds regex_time_max{250};
};

struct QueryNode;

class QueryFilter {
 public:
  static Result<QueryFilter> create(const json::value& query, const QueryLimits& limits = {});
  static Result<QueryFilter> parse(std::string_view raw, const QueryLimits& limits = {});

  QueryFilter();  // matches everything
  QueryFilter(QueryFilter&&) noexcept;
  QueryFilter& operator=(QueryFilter&&) noexcept;
  ~QueryFilter();

  Result<bool> matches(const json::object& document) const;
  bool matches_everything() const;

  // The dotted paths that the filter looks at, in order of appearance, each once.
  const std::vector<std::string>& attributes() const { return attributes_; }
  const std::vector<std::string>& operators() const { return operators_; }

  // The filter less every condition on the named attributes, on what lies within them and on what
  // holds them. A branch of $or that loses its last condition goes with it.
  QueryFilter without(std::span<const std::string_view> names) &&;

  // Fails with a line for each attribute and operator that is not allowed. A name that ends with
  // ".*" allows what lies within it.
  Result<void> restrict_to(std::span<const std::string_view> attributes,
                           std::span<const std::string_view> operators) const;

  // The text that the attribute must equal, when the filter demands it of every document; empty
  // when it does not. For choosing an index; the filter still has to be run.
  std::string_view required_text(std::string_view attribute) const;

 private:
  QueryFilter(std::unique_ptr<QueryNode> root, const QueryLimits& limits);

  std::unique_ptr<QueryNode> root_;
  std::vector<std::string> attributes_;
  std::vector<std::string> operators_;
  std::chrono::nanoseconds regex_time_max_{};
  mutable std::chrono::nanoseconds regex_time_{};  // spent so far
};

}  // namespace gantry::wire
