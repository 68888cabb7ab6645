#include "wire/schema.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace gantry::wire {
namespace {

using Type = Schema::Type;
using Problems = std::vector<std::string>;

// Beyond it, numbers are what a double holds.
constexpr std::uint64_t kGreatestExactWhole = 1ULL << 53;

std::string_view type_name(Type type) {
  switch (type) {
    case Type::String:
      return "string";
    case Type::Boolean:
      return "boolean";
    case Type::Number:
      return "number";
    case Type::Integer:
      return "integer";
    case Type::Object:
      return "object";
    case Type::Array:
      return "array";
    case Type::Any:
    case Type::OneOf:
    case Type::AnyOf:
      return "";
  }
  return "";
}

bool is_whole(const json::value& value) {
  return value.is_int64() || value.is_uint64() ||
         (value.is_double() && std::isfinite(value.get_double()) &&
          std::trunc(value.get_double()) == value.get_double());
}

bool has_type(const json::value& value, Type type) {
  switch (type) {
    case Type::String:
      return value.is_string();
    case Type::Boolean:
      return value.is_bool();
    case Type::Number:
      return value.is_number();
    case Type::Integer:
      return is_whole(value);
    case Type::Object:
      return value.is_object();
    case Type::Array:
      return value.is_array();
    case Type::Any:
    case Type::OneOf:
    case Type::AnyOf:
      return true;
  }
  return true;
}

// Where a value stands. ajv looks into a list of one without changing it, and goes on looking
// there in the next branches of anyOf and oneOf; what is coerced is written to the slot.
struct Place {
  json::value* slot;
  json::value* seen;
};

struct Check {
  Coercion coercion;
  bool in_branch = false;
  Problems problems;
};

template <class Number>
std::optional<Number> read_whole(std::string_view digits, int base) {
  Number number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// 0x1f, 0o17 and 0b11; no sign.
std::optional<json::value> number_with_base(std::string_view text) {
  if (text.size() < 3 || text[0] != '0' || text[2] == '-') return std::nullopt;
  const char letter = static_cast<char>(text[1] | 0x20);
  const int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
  if (base == 0) return std::nullopt;
  const auto number = read_whole<std::uint64_t>(text.substr(2), base);
  if (!number) return std::nullopt;
  if (*number > kGreatestExactWhole) return json::value(static_cast<double>(*number));
  return json::value(static_cast<std::int64_t>(*number));
}

// Number(text) of JavaScript. Deviation: no infinity, which JSON cannot say.
std::optional<json::value> number_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.empty()) return json::value(0);
  if (auto number = number_with_base(text)) return number;
  if (text.front() == '+') {
    text.remove_prefix(1);
    if (text.empty() || text.front() == '-') return std::nullopt;
  }
  const auto whole = read_whole<std::int64_t>(text, 10);
  if (whole && std::abs(*whole) <= static_cast<std::int64_t>(kGreatestExactWhole)) {
    return json::value(*whole);
  }
  double real = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, real);
  if (error != std::errc{} || stop != end || !std::isfinite(real)) return std::nullopt;
  return json::value(real);
}

// One coercion step to the type; nothing when the value cannot become it.
std::optional<json::value> coerce(const json::value& value, Type type, Coercion coercion) {
  switch (type) {
    case Type::String:
      if (value.is_number() || value.is_bool()) return json::value(to_js_string(value));
      if (value.is_null()) return json::value("");
      return std::nullopt;
    case Type::Number:
    case Type::Integer: {
      if (value.is_bool()) return json::value(value.get_bool() ? 1 : 0);
      if (value.is_null()) return json::value(0);
      if (!value.is_string()) return std::nullopt;
      auto number = number_of(value.get_string());
      if (number && type == Type::Integer && !is_whole(*number)) return std::nullopt;
      return number;
    }
    case Type::Boolean:
      if (value.is_null() || value == json::value("false") ||
          (value.is_number() && value.to_number<double>() == 0)) {
        return json::value(false);
      }
      if (value == json::value("true") || (value.is_number() && value.to_number<double>() == 1)) {
        return json::value(true);
      }
      return std::nullopt;
    case Type::Array:
      if (coercion == Coercion::Scalars || value.is_object() || value.is_array()) {
        return std::nullopt;
      }
      return json::value(json::array{value});
    case Type::Object:
    case Type::Any:
    case Type::OneOf:
    case Type::AnyOf:
      return std::nullopt;
  }
  return std::nullopt;
}

bool coerces_to_null(const json::value& value) {
  return value == json::value("") || value == json::value(false) ||
         (value.is_number() && value.to_number<double>() == 0);
}

bool has_wanted_type(const Schema& schema, const json::value& value) {
  return has_type(value, schema.type) || (schema.nullable && value.is_null());
}

void replace(Place& place, json::value value) {
  *place.slot = std::move(value);
  place.seen = place.slot;
}

bool check_type(const Schema& schema, Place& place, Coercion coercion) {
  if (has_wanted_type(schema, *place.seen)) return true;
  const bool coercible = schema.type != Type::Object || schema.nullable;
  if (coercible && coercion == Coercion::Lists && place.seen->is_array() &&
      place.seen->get_array().size() == 1) {
    place.seen = &place.seen->get_array()[0];
    // Compat: where null is allowed too, ajv takes only an item that it can coerce.
    if (!schema.nullable && has_type(*place.seen, schema.type)) {
      replace(place, json::value(*place.seen));
      return true;
    }
  }
  if (auto coerced = coerce(*place.seen, schema.type, coercion)) {
    replace(place, *std::move(coerced));
    return true;
  }
  if (schema.nullable && coerces_to_null(*place.seen)) {
    replace(place, nullptr);
    return true;
  }
  return false;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string count_text(std::string_view word, std::size_t count, std::string_view things) {
  return fmt::format("must NOT have {} than {} {}", word, count, things);
}

bool check(const Schema& schema, Place& place, Check& run);

bool check_member(const Schema& schema, json::value& value, Check& run) {
  Place place{&value, &value};
  return check(schema, place, run);
}

bool fail(Check& run, std::string text) {
  run.problems.push_back(std::move(text));
  return false;
}

bool check_string(const Schema& schema, const json::value& value, Check& run) {
  const std::string_view text = value.get_string();
  if (schema.max_length && count_characters(text) > *schema.max_length) {
    return fail(run, count_text("more", *schema.max_length, "characters"));
  }
  if (schema.min_length && count_characters(text) < *schema.min_length) {
    return fail(run, count_text("fewer", *schema.min_length, "characters"));
  }
  if (!schema.pattern.empty() && text.find(schema.pattern) == std::string_view::npos) {
    return fail(run, fmt::format("must match pattern \"{}\"", schema.pattern));
  }
  return true;
}

bool check_number(const Schema& schema, const json::value& value, Check& run) {
  const double number = value.to_number<double>();
  if (schema.maximum && number > *schema.maximum) {
    return fail(run, fmt::format("must be <= {}", *schema.maximum));
  }
  if (schema.minimum && number < *schema.minimum) {
    return fail(run, fmt::format("must be >= {}", *schema.minimum));
  }
  return true;
}

bool check_object(const Schema& schema, json::object& object, Check& run) {
  if (schema.min_properties && object.size() < *schema.min_properties) {
    return fail(run, count_text("fewer", *schema.min_properties, "properties"));
  }
  for (const Property& property : schema.properties) {
    if (property.required && !object.contains(property.name)) {
      return fail(run, fmt::format("must have required property '{}'", property.name));
    }
  }
  if (schema.unknown_keys == UnknownKeys::Refused) {
    for (const auto& member : object) {
      const bool known =
          std::any_of(schema.properties.begin(), schema.properties.end(),
                      [&](const Property& p) { return std::string_view(member.key()) == p.name; });
      if (!known) return fail(run, "must NOT have additional properties");
    }
  }
  for (const Property& property : schema.properties) {
    json::value* member = object.if_contains(property.name);
    if (member != nullptr && !check_member(property.schema.front(), *member, run)) return false;
  }
  return true;
}

bool check_array(const Schema& schema, json::array& array, Check& run) {
  if (schema.max_items && array.size() > *schema.max_items) {
    return fail(run, count_text("more", *schema.max_items, "items"));
  }
  if (schema.min_items && array.size() < *schema.min_items) {
    return fail(run, count_text("fewer", *schema.min_items, "items"));
  }
  if (schema.items.empty()) return true;
  return std::all_of(array.begin(), array.end(), [&](json::value& item) {
    return check_member(schema.items.front(), item, run);
  });
}

// anyOf tries every branch, also after one that fits: each may coerce.
bool check_branches(const Schema& schema, Place& place, Check& run) {
  const bool one = schema.type == Type::OneOf;
  Check of_branches{run.coercion, true, {}};
  std::size_t fitting = 0;
  for (const Schema& branch : schema.branches) {
    if (check(branch, place, of_branches)) ++fitting;
    if (one && fitting > 1) break;
  }
  if (one ? fitting == 1 : fitting > 0) return true;
  for (std::string& problem : of_branches.problems) run.problems.push_back(std::move(problem));
  return fail(run, one ? "must match exactly one schema in oneOf" : "must match a schema in anyOf");
}

bool check_values(const Schema& schema, const json::value& value, Check& run) {
  if (schema.one_of_values.empty() || (schema.nullable && value.is_null())) return true;
  const bool allowed =
      std::any_of(schema.one_of_values.begin(), schema.one_of_values.end(),
                  [&](const std::string& one) { return value == json::value(one); });
  return allowed || fail(run, "must be equal to one of the allowed values");
}

bool has_string_rules(const Schema& schema) {
  return schema.max_length || schema.min_length || !schema.pattern.empty();
}

bool fail_type(const Schema& schema, const json::value& value, Check& run) {
  fail(run, fmt::format("must be {}{}", type_name(schema.type), schema.nullable ? ",null" : ""));
  // Within branches ajv goes on to the first group of rules after a wrong type.
  if (run.in_branch && !has_string_rules(schema)) check_values(schema, value, run);
  return false;
}

bool check(const Schema& schema, Place& place, Check& run) {
  if (schema.type == Type::OneOf || schema.type == Type::AnyOf) {
    return check_branches(schema, place, run);
  }
  if (!check_type(schema, place, run.coercion)) return fail_type(schema, *place.seen, run);
  json::value& value = *place.seen;
  if (value.is_string() && !check_string(schema, value, run)) return false;
  if (value.is_number() && !check_number(schema, value, run)) return false;
  if (!check_values(schema, value, run)) return false;
  if (value.is_object() && !check_object(schema, value.get_object(), run)) return false;
  return !value.is_array() || check_array(schema, value.get_array(), run);
}

json::value to_openapi_inline(const Schema& schema) {
  json::object out;
  if (schema.type == Type::OneOf || schema.type == Type::AnyOf) {
    json::array branches;
    for (const Schema& branch : schema.branches) branches.push_back(to_openapi(branch));
    out[schema.type == Type::OneOf ? "oneOf" : "anyOf"] = std::move(branches);
  } else if (schema.type != Type::Any) {
    if (schema.nullable) {
      out["type"] = json::array{type_name(schema.type), "null"};
    } else {
      out["type"] = type_name(schema.type);
    }
  }
  if (!schema.words.empty()) out["description"] = schema.words;
  if (!schema.format.empty()) out["format"] = schema.format;
  if (schema.min_length) out["minLength"] = *schema.min_length;
  if (schema.max_length) out["maxLength"] = *schema.max_length;
  if (!schema.pattern.empty()) out["pattern"] = schema.pattern;
  if (!schema.one_of_values.empty()) {
    out["enum"] = json::array(schema.one_of_values.begin(), schema.one_of_values.end());
  }
  if (schema.minimum) out["minimum"] = *schema.minimum;
  if (schema.maximum) out["maximum"] = *schema.maximum;
  if (schema.min_properties) out["minProperties"] = *schema.min_properties;
  if (!schema.properties.empty()) {
    json::object properties;
    json::array required;
    for (const Property& property : schema.properties) {
      properties[property.name] = to_openapi(property.schema.front());
      if (property.required) required.emplace_back(property.name);
    }
    out["properties"] = std::move(properties);
    if (!required.empty()) out["required"] = std::move(required);
  }
  if (schema.unknown_keys == UnknownKeys::Refused) out["additionalProperties"] = false;
  if (!schema.items.empty()) out["items"] = to_openapi(schema.items.front());
  if (schema.min_items) out["minItems"] = *schema.min_items;
  if (schema.max_items) out["maxItems"] = *schema.max_items;
  return out;
}

}  // namespace

std::optional<std::string> validate(const Schema& schema, json::value& value, Coercion coercion) {
  Check run{coercion, false, {}};
  if (check_member(schema, value, run)) return std::nullopt;
  std::string text;
  for (const std::string& problem : run.problems) {
    if (!text.empty()) text += "\n ";
    text += problem;
  }
  return text;
}

json::value to_openapi(const Schema& schema) {
  if (schema.title.empty()) return to_openapi_inline(schema);
  return {{"$ref", "#/components/schemas/" + schema.title}};
}

void collect_titled(const Schema& schema, json::object& components) {
  if (!schema.title.empty()) {
    if (components.contains(schema.title)) return;
    components[schema.title] = to_openapi_inline(schema);
  }
  for (const Property& property : schema.properties) {
    collect_titled(property.schema.front(), components);
  }
  for (const Schema& item : schema.items) collect_titled(item, components);
  for (const Schema& branch : schema.branches) collect_titled(branch, components);
}

}  // namespace gantry::wire
