#pragma once
// The compiled form of a filter: a tree of conditions. Private to query_filter*.cc.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "wire/query_filter.h"
#include "wire/query_filter_path.h"

namespace gantry::wire {

// What a document's value is compared with.
struct QueryLiteral {
  json::value value;         // dates within it are ISO text
  std::optional<Time> date;  // the literal itself is a date
};

// A list of literals, sorted so that texts are found quickly.
struct QueryLiteralList {
  bool has_null = false;
  std::vector<std::string> texts;
  std::vector<Time> dates;
  std::vector<json::value> others;
};

enum class QueryTest {
  Never,
  All,   // of `children`
  Any,   // of `children`
  None,  // of `children`
  Equal,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  OneOf,
  Exists,
  Matches,
  HasSize,
  HasItem,      // one item passes all `children` as a value
  HasDocument,  // one item passes all `children` as a document
};

struct QueryNode {
  QueryTest test = QueryTest::All;
  // Not one value behind the path may pass, instead of at least one.
  bool negated = false;
  DottedPath path;
  std::string attribute;  // the path from the document's top
  QueryLiteral literal;
  QueryLiteralList list;
  std::size_t size = 0;
  std::optional<Regex> regex;
  std::vector<QueryNode> children;

  bool is_group() const {
    return test == QueryTest::All || test == QueryTest::Any || test == QueryTest::None;
  }
};

struct CompiledQuery {
  QueryNode root;
  std::vector<std::string> operators;
};

Result<CompiledQuery> compile_query(const json::value& query, const QueryLimits& limits);

// Document text in the form that the server writes dates in, or any longer ISO-8601 form of it.
std::optional<Time> to_document_date(const json::value& value);

}  // namespace gantry::wire
