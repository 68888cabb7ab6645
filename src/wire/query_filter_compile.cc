// From the JSON text of a query to its tree of conditions, or the reason why not.

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "domain/error_codes.h"
#include "wire/query_filter_node.h"
#include "wire/value_order.h"

namespace gantry::wire {
namespace {

constexpr std::array<std::string_view, 5> kRefused = {"$where", "$function", "$expr", "$text",
                                                      "$jsonSchema"};
constexpr std::array<std::string_view, 3> kRemovedKeys = {"constructor", "__proto__", "prototype"};
constexpr std::array<std::string_view, 3> kTopOperators = {"$or", "$and", "$regex"};

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_operator(std::string_view key) {
  return !key.empty() && key[0] == '$';
}

Error refused_operator(std::string_view name) {
  return Error(ErrorCode::InvalidQuery, fmt::format("Invalid operation: {}", name));
}

Error bad_operand(std::string_view name) {
  return Error(ErrorCode::InvalidQuery, fmt::format("Invalid parameter for operation: {}", name));
}

Error too_large(std::string_view what) {
  return Error(ErrorCode::InvalidQuery, fmt::format("The query has too many {}", what));
}

// A copy without the keys that are removed everywhere; fails on what is refused anywhere.
Result<json::value> cleaned(const json::value& value, std::size_t depth_left) {
  if (depth_left == 0) return too_large("levels");
  if (const json::array* array = value.if_array()) {
    json::array out;
    out.reserve(array->size());
    for (const json::value& item : *array) {
      TRY(auto copy, cleaned(item, depth_left - 1));
      out.push_back(std::move(copy));
    }
    return json::value(std::move(out));
  }
  const json::object* object = value.if_object();
  if (object == nullptr) return value;
  json::object out;
  out.reserve(object->size());
  for (const auto& member : *object) {
    const std::string_view key = member.key();
    if (is_one_of(kRefused, key)) return refused_operator(key);
    if (is_one_of(kRemovedKeys, key)) continue;
    TRY(auto copy, cleaned(member.value(), depth_left - 1));
    out.emplace(key, std::move(copy));
  }
  return json::value(std::move(out));
}

bool is_date_literal(const json::value& value) {
  const json::object* object = value.if_object();
  return object != nullptr && object->size() == 1 && object->contains("$date");
}

// An object whose first key is an operator is a set of conditions, not a value.
bool is_expression(const json::value& value) {
  const json::object* object = value.if_object();
  return object != nullptr && !object->empty() && is_operator(object->begin()->key()) &&
         !is_date_literal(value);
}

std::optional<std::int64_t> to_integer(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (value.is_double() && std::abs(value.get_double()) < 0x1p53 &&
      std::trunc(value.get_double()) == value.get_double()) {
    return static_cast<std::int64_t>(value.get_double());
  }
  return std::nullopt;
}

// Years 0 to 9999, which are what the ISO form can write.
std::optional<Time> in_range(std::optional<Time> time) {
  constexpr std::int64_t kFirstMs = -62'167'219'200'000;
  constexpr std::int64_t kLastMs = 253'402'300'799'999;
  if (!time || to_epoch_ms(*time) < kFirstMs || to_epoch_ms(*time) > kLastMs) return std::nullopt;
  return time;
}

Result<Time> to_date(const json::value& literal) {
  const json::value& date = literal.get_object().begin()->value();
  std::optional<Time> time;
  if (const json::string* text = date.if_string()) {
    time = from_iso(*text);
  } else if (const auto ms = to_integer(date)) {
    time = from_epoch_ms(*ms);
  } else if (const json::object* object = date.if_object()) {
    time = from_iso(gantry::text_of(*object, "$numberLong"));
  }
  time = in_range(time);
  if (!time) return bad_operand("$date");
  return *time;
}

// The value with its dates as ISO text; no operator may stand in it.
Result<json::value> to_plain(const json::value& value) {
  if (is_date_literal(value)) {
    TRY(const Time date, to_date(value));
    return json::value(to_iso(date));
  }
  if (const json::array* array = value.if_array()) {
    json::array out;
    out.reserve(array->size());
    for (const json::value& item : *array) {
      TRY(auto plain, to_plain(item));
      out.push_back(std::move(plain));
    }
    return json::value(std::move(out));
  }
  const json::object* object = value.if_object();
  if (object == nullptr) return value;
  json::object out;
  out.reserve(object->size());
  for (const auto& member : *object) {
    if (is_operator(member.key())) return refused_operator(member.key());
    TRY(auto plain, to_plain(member.value()));
    out.emplace(member.key(), std::move(plain));
  }
  return json::value(std::move(out));
}

Result<QueryLiteral> to_literal(const json::value& value) {
  if (!is_date_literal(value)) {
    TRY(auto plain, to_plain(value));
    return QueryLiteral{std::move(plain), std::nullopt};
  }
  TRY(const Time date, to_date(value));
  return QueryLiteral{nullptr, date};
}

std::optional<QueryTest> to_comparison(std::string_view name) {
  if (name == "$eq" || name == "$ne") return QueryTest::Equal;
  if (name == "$lt") return QueryTest::Less;
  if (name == "$lte") return QueryTest::LessOrEqual;
  if (name == "$gt") return QueryTest::Greater;
  if (name == "$gte") return QueryTest::GreaterOrEqual;
  return std::nullopt;
}

std::optional<QueryTest> to_group(std::string_view name) {
  if (name == "$and") return QueryTest::All;
  if (name == "$or") return QueryTest::Any;
  if (name == "$nor") return QueryTest::None;
  return std::nullopt;
}

// What conditions speak of: a path below the current document, known from the top as `attribute`.
struct Target {
  DottedPath path;
  std::string attribute;
};

class Compiler {
 public:
  explicit Compiler(const QueryLimits& limits) : limits_(limits) {}

  Result<CompiledQuery> compile(const json::value& query) {
    TRY(auto clean, cleaned(query, limits_.depth_max + 1));
    json::object* object = clean.if_object();
    if (object == nullptr) {
      return Error(ErrorCode::InvalidQuery, "The query must be an object");
    }
    json::object top;
    for (auto& member : *object) {
      if (is_operator(member.key()) && !is_one_of(kTopOperators, member.key())) continue;
      top.emplace(member.key(), std::move(member.value()));
    }
    TRY(auto root, document(top, ""));
    return CompiledQuery{std::move(root), std::move(operators_)};
  }

 private:
  Result<void> count() {
    if (++conditions_ > limits_.conditions_max) return too_large("conditions");
    return Done{};
  }

  void note_operator(std::string_view name) {
    if (std::find(operators_.begin(), operators_.end(), name) == operators_.end()) {
      operators_.emplace_back(name);
    }
  }

  static QueryNode leaf(QueryTest test, const Target& target) {
    QueryNode node;
    node.test = test;
    node.path = target.path;
    node.attribute = target.attribute;
    return node;
  }

  Result<QueryNode> document(const json::object& object, const std::string& prefix) {
    TRY_DO(count());
    QueryNode all;
    for (const auto& member : object) {
      TRY(auto node, is_operator(member.key()) ? group(member.key(), member.value(), prefix)
                                               : attribute(member.key(), member.value(), prefix));
      all.children.push_back(std::move(node));
    }
    return all;
  }

  Result<QueryNode> group(std::string_view name, const json::value& operand,
                          const std::string& prefix) {
    const auto test = to_group(name);
    if (!test) return refused_operator(name);
    note_operator(name);
    TRY_DO(count());
    const json::array* branches = operand.if_array();
    if (branches == nullptr || branches->empty()) return bad_operand(name);
    QueryNode node;
    node.test = *test;
    for (const json::value& branch : *branches) {
      const json::object* object = branch.if_object();
      if (object == nullptr) return bad_operand(name);
      TRY(auto child, document(*object, prefix));
      node.children.push_back(std::move(child));
    }
    return node;
  }

  Result<QueryNode> attribute(std::string_view name, const json::value& condition,
                              const std::string& prefix) {
    auto path = DottedPath::from(name);
    if (!path) return too_large("path parts");
    const Target target{std::move(*path),
                        prefix.empty() ? std::string(name) : fmt::format("{}.{}", prefix, name)};
    if (is_expression(condition)) return expression(condition.get_object(), target);
    return comparison(QueryTest::Equal, condition, target);
  }

  Result<QueryNode> comparison(QueryTest test, const json::value& operand, const Target& target) {
    TRY_DO(count());
    TRY(auto literal, to_literal(operand));
    QueryNode node = leaf(test, target);
    node.literal = std::move(literal);
    return node;
  }

  // {"$gt": 1, "$lt": 5}: all of them.
  Result<QueryNode> expression(const json::object& operators, const Target& target) {
    QueryNode all;
    for (const auto& member : operators) {
      const std::string_view name = member.key();
      if (!is_operator(name)) return refused_operator(name);
      note_operator(name);
      if (name == "$options") {
        if (!operators.contains("$regex")) return bad_operand(name);
        continue;
      }
      if (name == "$regex") {
        TRY(auto node, regex(operators, target));
        all.children.push_back(std::move(node));
        continue;
      }
      TRY(auto node, operation(name, member.value(), target));
      all.children.push_back(std::move(node));
    }
    if (all.children.size() == 1) return std::move(all.children.front());
    return all;
  }

  Result<QueryNode> operation(std::string_view name, const json::value& operand,
                              const Target& target) {
    if (const auto test = to_comparison(name)) {
      TRY(auto node, comparison(*test, operand, target));
      node.negated = name == "$ne";
      return node;
    }
    if (name == "$in" || name == "$nin") return one_of(name, operand, target);
    if (name == "$exists") {
      TRY_DO(count());
      QueryNode node = leaf(QueryTest::Exists, target);
      node.negated = !operand.is_string() && !is_truthy(operand);
      return node;
    }
    if (name == "$not") {
      TRY_DO(count());
      if (!is_expression(operand)) return bad_operand(name);
      TRY(auto child, expression(operand.get_object(), target));
      QueryNode none;
      none.test = QueryTest::None;
      none.children.push_back(std::move(child));
      return none;
    }
    if (name == "$size") {
      TRY_DO(count());
      const auto size = to_integer(operand);
      if (!size || *size < 0) return bad_operand(name);
      QueryNode node = leaf(QueryTest::HasSize, target);
      node.size = static_cast<std::size_t>(*size);
      return node;
    }
    if (name == "$all") return all_of(operand, target);
    if (name == "$elemMatch") return element(operand, target);
    return refused_operator(name);
  }

  Result<QueryNode> one_of(std::string_view name, const json::value& operand,
                           const Target& target) {
    TRY_DO(count());
    const json::array* items = operand.if_array();
    if (items == nullptr) return bad_operand(name);
    if (items->size() > limits_.list_items_max) return too_large("list items");
    QueryNode node = leaf(QueryTest::OneOf, target);
    node.negated = name == "$nin";
    for (const json::value& item : *items) {
      TRY(auto literal, to_literal(item));
      if (literal.date) {
        node.list.dates.push_back(*literal.date);
      } else if (literal.value.is_null()) {
        node.list.has_null = true;
      } else if (const json::string* text = literal.value.if_string()) {
        node.list.texts.emplace_back(*text);
      } else {
        node.list.others.push_back(std::move(literal.value));
      }
    }
    std::sort(node.list.texts.begin(), node.list.texts.end());
    return node;
  }

  Result<QueryNode> all_of(const json::value& operand, const Target& target) {
    TRY_DO(count());
    const json::array* items = operand.if_array();
    if (items == nullptr) return bad_operand("$all");
    if (items->size() > limits_.list_items_max) return too_large("list items");
    QueryNode all;
    if (items->empty()) all.test = QueryTest::Never;
    const bool elements = !items->empty() && is_element_match(items->front());
    for (const json::value& item : *items) {
      if (elements != is_element_match(item)) return bad_operand("$all");
      if (elements) note_operator("$elemMatch");
      TRY(auto node, elements ? element(item.get_object().begin()->value(), target)
                              : comparison(QueryTest::Equal, item, target));
      all.children.push_back(std::move(node));
    }
    return all;
  }

  static bool is_element_match(const json::value& value) {
    const json::object* object = value.if_object();
    return object != nullptr && object->size() == 1 && object->contains("$elemMatch");
  }

  Result<QueryNode> element(const json::value& operand, const Target& target) {
    TRY_DO(count());
    const json::object* object = operand.if_object();
    if (object == nullptr) return bad_operand("$elemMatch");
    const bool of_value = is_expression(operand) && !to_group(object->begin()->key());
    QueryNode node = leaf(of_value ? QueryTest::HasItem : QueryTest::HasDocument, target);
    TRY(auto child, of_value ? expression(*object, {DottedPath{}, target.attribute})
                             : document(*object, target.attribute));
    node.children.push_back(std::move(child));
    return node;
  }

  Result<QueryNode> regex(const json::object& operators, const Target& target) {
    TRY_DO(count());
    const json::string* pattern = operators.at("$regex").if_string();
    if (pattern == nullptr) return bad_operand("$regex");
    const json::value* options = operators.if_contains("$options");
    if (options != nullptr && !options->is_string()) return bad_operand("$options");
    TRY(auto compiled,
        Regex::create(*pattern, gantry::text_of(operators, "$options"), limits_.regex));
    QueryNode node = leaf(QueryTest::Matches, target);
    node.regex.emplace(std::move(compiled));
    return node;
  }

  const QueryLimits& limits_;
  std::size_t conditions_ = 0;
  std::vector<std::string> operators_;
};

}  // namespace

Result<CompiledQuery> compile_query(const json::value& query, const QueryLimits& limits) {
  return Compiler(limits).compile(query);
}

}  // namespace gantry::wire
