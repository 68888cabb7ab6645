#pragma once
// JSON schemas of requests and replies: made from the field tables, used to validate with the
// protocol's own messages and to write OpenAPI. Source of the messages and of their order:
// contract "rest" 5 (JSON-schema keywords with type coercion; the first problem only, but every
// branch of anyOf and oneOf).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace gantry::wire {

enum class UnknownKeys { Allowed, Refused };

struct Schema;

struct Property {
  std::string name;
  bool required = false;
  std::vector<Schema> schema;  // exactly one; a vector because Schema is incomplete here
};

struct Schema {
  enum class Type { Any, String, Boolean, Number, Integer, Object, Array, OneOf, AnyOf };

  Type type = Type::Any;
  bool nullable = false;
  std::string words;   // description
  std::string title;   // name of a reusable shape in OpenAPI; empty: inline
  std::string format;  // date-time and the like; described, not checked
  std::optional<std::size_t> min_length;
  std::optional<std::size_t> max_length;
  std::string pattern;  // a literal that must occur: unanchored patterns of the protocol
  std::vector<std::string> one_of_values;
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::vector<Property> properties;
  UnknownKeys unknown_keys = UnknownKeys::Allowed;
  std::optional<std::size_t> min_properties;
  std::vector<Schema> items;  // none or one
  std::optional<std::size_t> min_items;
  std::optional<std::size_t> max_items;
  std::vector<Schema> branches;  // of OneOf and AnyOf
};

// Scalars: "5" may become 5 and 1 "1". Lists: also "a" a list of one, and a list of one its item;
// for query strings, where one value and a list of one look alike.
enum class Coercion { Scalars, Lists };

// Checks `value` and coerces it in place. Nothing when it fits; else the message, whole.
std::optional<std::string> validate(const Schema& schema, json::value& value, Coercion coercion);

// The schema as OpenAPI 3.1 has it; titled shapes become references to #/components/schemas.
json::value to_openapi(const Schema& schema);
// The titled shapes inside, each with its own schema, for components.
void collect_titled(const Schema& schema, json::object& components);

}  // namespace gantry::wire
