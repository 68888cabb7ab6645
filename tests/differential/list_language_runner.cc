// Answers cases of the differential tests: one JSON object a line in, one a line out, in order.
//   {"kind":"query","query":<raw>,"documents":[...]}   -> {"matches":[bool...]}
//   {"kind":"sort","sort":<raw>,"documents":[...]}     -> {"order":[index...]}
//   {"kind":"fields","fields":<raw>,"documents":[...]} -> {"documents":[...]}
//   {"kind":"query_string","raw":<text>}               -> {"value":{...}}
//   {"kind":"schema","schema":{...},"value":...,"lists":bool} -> {"value":...} or
//   {"problem":<text>}
// A refusal is {"error":<text>}.

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <numeric>
#include <string>

#include "domain/error_codes.h"
#include "wire/field_projection.h"
#include "wire/query_filter.h"
#include "wire/query_string.h"
#include "wire/schema.h"
#include "wire/sort_order.h"

namespace gantry::wire {
namespace {

json::object refusal(const Error& error) {
  return {{"error", gantry::text_of(error)}};
}

json::object run_query(const json::object& given) {
  const auto filter = QueryFilter::parse(given.at("query").as_string());
  if (!filter) return refusal(filter.error());
  json::array matches;
  for (const json::value& document : given.at("documents").as_array()) {
    const auto matched = filter->matches(document.as_object());
    if (!matched) return refusal(matched.error());
    matches.emplace_back(*matched);
  }
  return {{"matches", std::move(matches)}};
}

json::object run_sort(const json::object& given) {
  const auto order = parse_sort(given.at("sort").as_string());
  if (!order) return refusal(order.error());
  const json::array& documents = given.at("documents").as_array();
  std::vector<std::size_t> places(documents.size());
  std::iota(places.begin(), places.end(), 0);
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return (*order)(documents[a].as_object(), documents[b].as_object());
  });
  return {{"order", json::array(places.begin(), places.end())}};
}

json::object run_fields(const json::object& given) {
  const auto fields = parse_fields(given.at("fields").as_string());
  if (!fields) return refusal(fields.error());
  json::array shown;
  for (const json::value& document : given.at("documents").as_array()) {
    shown.push_back(fields->projected(document.as_object()));
  }
  return {{"documents", std::move(shown)}};
}

json::object run_query_string(const json::object& given) {
  auto parsed = parse_query_string(given.at("raw").as_string());
  if (!parsed) return refusal(parsed.error());
  return {{"value", *std::move(parsed)}};
}

std::optional<std::size_t> size_at(const json::object& object, std::string_view key) {
  const json::value* member = object.if_contains(key);
  if (member == nullptr) return std::nullopt;
  return member->to_number<std::size_t>();
}

std::optional<double> number_at(const json::object& object, std::string_view key) {
  const json::value* member = object.if_contains(key);
  if (member == nullptr) return std::nullopt;
  return member->to_number<double>();
}

Schema::Type type_from(std::string_view name) {
  if (name == "string") return Schema::Type::String;
  if (name == "boolean") return Schema::Type::Boolean;
  if (name == "number") return Schema::Type::Number;
  if (name == "integer") return Schema::Type::Integer;
  if (name == "object") return Schema::Type::Object;
  if (name == "array") return Schema::Type::Array;
  return Schema::Type::Any;
}

// The reverse of to_openapi, for the keywords that the cases use.
Schema schema_from(const json::object& text) {
  Schema schema;
  for (const auto& [key, type] :
       {std::pair{"anyOf", Schema::Type::AnyOf}, std::pair{"oneOf", Schema::Type::OneOf}}) {
    const json::value* branches = text.if_contains(key);
    if (branches == nullptr) continue;
    schema.type = type;
    for (const json::value& branch : branches->as_array()) {
      schema.branches.push_back(schema_from(branch.as_object()));
    }
  }
  if (const json::value* type = text.if_contains("type")) {
    schema.nullable = type->is_array();
    schema.type = type_from(type->is_array() ? type->as_array()[0].as_string() : type->as_string());
  }
  schema.min_length = size_at(text, "minLength");
  schema.max_length = size_at(text, "maxLength");
  schema.min_items = size_at(text, "minItems");
  schema.max_items = size_at(text, "maxItems");
  schema.min_properties = size_at(text, "minProperties");
  schema.minimum = number_at(text, "minimum");
  schema.maximum = number_at(text, "maximum");
  schema.pattern = gantry::text_of(text, "pattern");
  if (const json::value* allowed = text.if_contains("enum")) {
    for (const json::value& one : allowed->as_array()) {
      if (one.is_string()) schema.one_of_values.emplace_back(one.as_string());
    }
  }
  if (const json::value* items = text.if_contains("items")) {
    schema.items.push_back(schema_from(items->as_object()));
  }
  if (text.contains("additionalProperties")) schema.unknown_keys = UnknownKeys::Refused;
  if (const json::value* properties = text.if_contains("properties")) {
    const json::value* required = text.if_contains("required");
    for (const auto& member : properties->as_object()) {
      Property property;
      property.name = member.key();
      property.required =
          required != nullptr &&
          std::any_of(required->as_array().begin(), required->as_array().end(),
                      [&](const json::value& name) { return name == member.key(); });
      property.schema.push_back(schema_from(member.value().as_object()));
      schema.properties.push_back(std::move(property));
    }
  }
  return schema;
}

json::object run_schema(const json::object& given) {
  const Schema schema = schema_from(given.at("schema").as_object());
  json::value value = given.at("value");
  const auto coercion = given.at("lists").as_bool() ? Coercion::Lists : Coercion::Scalars;
  if (auto problem = validate(schema, value, coercion)) return {{"problem", *std::move(problem)}};
  return {{"value", std::move(value)}};
}

json::object answer(const json::object& given) {
  const std::string_view kind = gantry::text_of(given, "kind");
  if (kind == "query") return run_query(given);
  if (kind == "sort") return run_sort(given);
  if (kind == "fields") return run_fields(given);
  if (kind == "query_string") return run_query_string(given);
  if (kind == "schema") return run_schema(given);
  return {{"error", "unknown kind"}};
}

}  // namespace
}  // namespace gantry::wire

int main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto value = gantry::parse_json(line, {.bytes_max = 1 << 24, .depth_max = 128});
    if (!value || !value->is_object()) {
      std::cerr << "not a case: " << line << '\n';
      return 1;
    }
    std::cout << boost::json::serialize(gantry::wire::answer(value->get_object())) << '\n';
  }
  return 0;
}
