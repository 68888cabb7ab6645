#include "wire/query_filter.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/error_codes.h"
#include "wire/list_parameter.h"
#include "wire/query_filter_node.h"
#include "wire/value_order.h"

namespace gantry::wire {

std::optional<Time> to_document_date(const json::value& value) {
  const json::string* text = value.if_string();
  if (text == nullptr || text->size() < std::string_view("2026-06-08T12:46").size()) {
    return std::nullopt;
  }
  if ((*text)[4] != '-' || (*text)[10] != 'T') return std::nullopt;
  return from_iso(*text);
}

namespace {

bool passes_order(QueryTest test, std::weak_ordering order) {
  switch (test) {
    case QueryTest::Equal:
      return order == 0;
    case QueryTest::Less:
      return order < 0;
    case QueryTest::LessOrEqual:
      return order <= 0;
    case QueryTest::Greater:
      return order > 0;
    case QueryTest::GreaterOrEqual:
      return order >= 0;
    default:
      return false;
  }
}

// Values of different types are neither equal nor in any order.
bool passes_comparison(QueryTest test, const QueryLiteral& literal, const json::value* value) {
  if (literal.date) {
    const auto date = value == nullptr ? std::nullopt : to_document_date(*value);
    return date && passes_order(test, *date <=> *literal.date);
  }
  const TypeRank rank = value == nullptr ? TypeRank::Null : rank_of(*value);
  if (rank != rank_of(literal.value)) return false;
  return passes_order(test, compare_values(value, &literal.value));
}

bool is_in_list(const QueryLiteralList& list, const json::value* value) {
  if (value == nullptr || value->is_null()) return list.has_null;
  if (const json::string* text = value->if_string()) {
    if (std::binary_search(list.texts.begin(), list.texts.end(), std::string_view(*text),
                           std::less<>())) {
      return true;
    }
    if (list.dates.empty()) return false;
    const auto date = to_document_date(*value);
    return date && std::find(list.dates.begin(), list.dates.end(), *date) != list.dates.end();
  }
  return std::any_of(list.others.begin(), list.others.end(),
                     [&](const json::value& other) { return compare_values(*value, other) == 0; });
}

// What a condition is asked of: a document, or one item of an array.
struct Subject {
  const json::object* object = nullptr;
  const json::array* array = nullptr;  // as a document
  const json::value* item = nullptr;
};

// One run of a filter over one document. The first regular expression that hits a limit ends it.
class Run {
 public:
  Run(std::chrono::nanoseconds regex_time_max, std::chrono::nanoseconds& regex_time)
      : regex_time_max_(regex_time_max), regex_time_(regex_time) {}

  bool passes(const QueryNode& node, const Subject& subject) {
    const auto child_passes = [&](const QueryNode& child) { return passes(child, subject); };
    const auto& children = node.children;
    switch (node.test) {
      case QueryTest::Never:
        return false;
      case QueryTest::All:
        return std::all_of(children.begin(), children.end(), child_passes);
      case QueryTest::Any:
        return std::any_of(children.begin(), children.end(), child_passes);
      case QueryTest::None:
        return std::none_of(children.begin(), children.end(), child_passes);
      default:
        return any_value_passes(node, subject) != node.negated;
    }
  }

  std::optional<Error> failure;

 private:
  bool any_value_passes(const QueryNode& node, const Subject& subject) {
    if (subject.item != nullptr) return value_passes(node, subject.item);
    const auto visit = [&](const json::value* value) { return value_passes(node, value); };
    const bool whole = node.test == QueryTest::Exists || node.test == QueryTest::HasSize ||
                       node.test == QueryTest::HasItem || node.test == QueryTest::HasDocument;
    PathWalk walk(node.path, whole ? LastArray::Whole : LastArray::Entered, visit);
    return subject.object != nullptr ? walk.from_object(*subject.object)
                                     : walk.from_array(*subject.array);
  }

  bool value_passes(const QueryNode& node, const json::value* value) {
    switch (node.test) {
      case QueryTest::OneOf:
        return is_in_list(node.list, value);
      case QueryTest::Exists:
        return value != nullptr;
      case QueryTest::Matches:
        return value != nullptr && value->is_string() && regex_matches(node, value->get_string());
      case QueryTest::HasSize:
        return value != nullptr && value->is_array() && value->get_array().size() == node.size;
      case QueryTest::HasItem:
      case QueryTest::HasDocument:
        return value != nullptr && value->is_array() && any_item_passes(node, value->get_array());
      default:
        return passes_comparison(node.test, node.literal, value);
    }
  }

  bool any_item_passes(const QueryNode& node, const json::array& items) {
    return std::any_of(items.begin(), items.end(), [&](const json::value& item) {
      Subject subject;
      if (node.test == QueryTest::HasItem) {
        subject.item = &item;
      } else {
        subject.object = item.if_object();
        subject.array = item.if_array();
        if (subject.object == nullptr && subject.array == nullptr) return false;
      }
      return std::all_of(node.children.begin(), node.children.end(),
                         [&](const QueryNode& child) { return passes(child, subject); });
    });
  }

  bool regex_matches(const QueryNode& node, std::string_view text) {
    if (failure) return false;
    const auto begin = std::chrono::steady_clock::now();
    auto found = node.regex->matches(text);
    regex_time_ += std::chrono::steady_clock::now() - begin;
    if (!found) {
      failure = std::move(found).error();
      return false;
    }
    if (regex_time_ > regex_time_max_) {
      failure = Error(ErrorCode::InvalidQuery, "The regular expression takes too long");
      return false;
    }
    return *found;
  }

  std::chrono::nanoseconds regex_time_max_;
  std::chrono::nanoseconds& regex_time_;
};

void list_attributes(const QueryNode& node, std::vector<std::string>& out) {
  if (!node.attribute.empty() && std::find(out.begin(), out.end(), node.attribute) == out.end()) {
    out.push_back(node.attribute);
  }
  for (const QueryNode& child : node.children) list_attributes(child, out);
}

// Whether nothing of the node is left.
bool remove_attributes(QueryNode& node, std::span<const std::string_view> names) {
  if (!node.is_group() && std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return is_related_path(name, node.attribute);
      })) {
    return true;
  }
  if (node.children.empty()) return false;
  std::erase_if(node.children, [&](QueryNode& child) { return remove_attributes(child, names); });
  return node.children.empty();
}

bool allows(std::string_view allowed, std::string_view attribute) {
  if (!allowed.ends_with(".*")) return attribute == allowed;
  return attribute.starts_with(allowed.substr(0, allowed.size() - 1));
}

}  // namespace

Result<QueryFilter> QueryFilter::create(const json::value& query, const QueryLimits& limits) {
  TRY(auto compiled, compile_query(query, limits));
  QueryFilter filter(std::make_unique<QueryNode>(std::move(compiled.root)), limits);
  filter.operators_ = std::move(compiled.operators);
  return filter;
}

Result<QueryFilter> QueryFilter::parse(std::string_view raw, const QueryLimits& limits) {
  const auto value = parse_json(raw, {limits.bytes_max, limits.depth_max});
  if (!value || !value->is_object()) {
    return invalid_list_parameter(ErrorCode::InvalidQuery, "query", raw);
  }
  return create(*value, limits);
}

QueryFilter::QueryFilter() : QueryFilter(std::make_unique<QueryNode>(), QueryLimits{}) {}
QueryFilter::QueryFilter(QueryFilter&&) noexcept = default;
QueryFilter& QueryFilter::operator=(QueryFilter&&) noexcept = default;
QueryFilter::~QueryFilter() = default;

QueryFilter::QueryFilter(std::unique_ptr<QueryNode> root, const QueryLimits& limits)
    : root_(std::move(root)), regex_time_max_(limits.regex_time_max) {
  list_attributes(*root_, attributes_);
}

Result<bool> QueryFilter::matches(const json::object& document) const {
  Run run(regex_time_max_, regex_time_);
  const bool passed = run.passes(*root_, {&document, nullptr, nullptr});
  if (run.failure) return *std::move(run.failure);
  return passed;
}

bool QueryFilter::matches_everything() const {
  return root_->test == QueryTest::All && root_->children.empty();
}

QueryFilter QueryFilter::without(std::span<const std::string_view> names) && {
  remove_attributes(*root_, names);
  attributes_.clear();
  list_attributes(*root_, attributes_);
  return std::move(*this);
}

Result<void> QueryFilter::restrict_to(std::span<const std::string_view> attributes,
                                      std::span<const std::string_view> operators) const {
  std::string problems;
  const auto add = [&](std::string_view what, std::string_view name) {
    problems += fmt::format("{}Invalid {}: {}", problems.empty() ? "" : "\n", what, name);
  };
  for (const std::string& attribute : attributes_) {
    if (std::none_of(attributes.begin(), attributes.end(),
                     [&](std::string_view allowed) { return allows(allowed, attribute); })) {
      add("attribute", attribute);
    }
  }
  for (const std::string& name : operators_) {
    if (std::find(operators.begin(), operators.end(), name) == operators.end()) {
      add("operation", name);
    }
  }
  if (!problems.empty()) return Error(ErrorCode::InvalidQuery, std::move(problems));
  return Done{};
}

std::string_view QueryFilter::required_text(std::string_view attribute) const {
  if (root_->test != QueryTest::All) return {};
  for (const QueryNode& node : root_->children) {
    if (node.test == QueryTest::Equal && !node.negated && node.attribute == attribute &&
        !node.literal.date && node.literal.value.is_string()) {
      return node.literal.value.get_string();
    }
  }
  return {};
}

}  // namespace gantry::wire
