#include "wire/schema.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace gantry::wire {
namespace {

using Type = Schema::Type;
using Problems = std::vector<std::string>;

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

// Number(text) of JavaScript, for the plain forms that requests hold.
std::optional<json::value> number_of(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  std::string_view digits = text;
  if (digits.front() == '+') digits.remove_prefix(1);
  std::int64_t whole = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  if (error == std::errc{} && end == digits.data() + digits.size()) return json::value(whole);
  double real = 0;
  auto [end_real, error_real] = std::from_chars(digits.data(), digits.data() + digits.size(), real);
  if (error_real == std::errc{} && end_real == digits.data() + digits.size() &&
      std::isfinite(real)) {
    return json::value(real);
  }
  return std::nullopt;
}

// One coercion step to the type; nothing when the value cannot become it.
std::optional<json::value> coerce(const json::value& value, Type type) {
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
      if (value.is_object()) return std::nullopt;
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

bool check_type(const Schema& schema, json::value& value) {
  if (has_type(value, schema.type) || (schema.nullable && value.is_null())) return true;
  // A list of one stands for its item where the item is wanted.
  if (schema.type != Type::Array && value.is_array() && value.get_array().size() == 1) {
    json::value item = value.get_array()[0];
    if (has_type(item, schema.type)) {
      value = std::move(item);
      return true;
    }
    if (auto coerced = coerce(item, schema.type)) {
      value = std::move(*coerced);
      return true;
    }
  }
  if (auto coerced = coerce(value, schema.type)) {
    value = std::move(*coerced);
    return true;
  }
  if (schema.nullable && coerces_to_null(value)) {
    value = nullptr;
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

bool check(const Schema& schema, json::value& value, Problems& problems);

bool fail(Problems& problems, std::string text) {
  problems.push_back(std::move(text));
  return false;
}

bool check_string(const Schema& schema, const json::value& value, Problems& problems) {
  const std::string_view text = value.get_string();
  if (schema.max_length && count_characters(text) > *schema.max_length) {
    return fail(problems, count_text("more", *schema.max_length, "characters"));
  }
  if (schema.min_length && count_characters(text) < *schema.min_length) {
    return fail(problems, count_text("fewer", *schema.min_length, "characters"));
  }
  if (!schema.pattern.empty() && text.find(schema.pattern) == std::string_view::npos) {
    return fail(problems, fmt::format("must match pattern \"{}\"", schema.pattern));
  }
  return true;
}

bool check_number(const Schema& schema, const json::value& value, Problems& problems) {
  const double number = value.to_number<double>();
  if (schema.maximum && number > *schema.maximum) {
    return fail(problems, fmt::format("must be <= {}", *schema.maximum));
  }
  if (schema.minimum && number < *schema.minimum) {
    return fail(problems, fmt::format("must be >= {}", *schema.minimum));
  }
  return true;
}

bool check_object(const Schema& schema, json::object& object, Problems& problems) {
  if (schema.min_properties && object.size() < *schema.min_properties) {
    return fail(problems, count_text("fewer", *schema.min_properties, "properties"));
  }
  for (const Property& property : schema.properties) {
    if (property.required && !object.contains(property.name)) {
      return fail(problems, fmt::format("must have required property '{}'", property.name));
    }
  }
  if (schema.unknown_keys == UnknownKeys::Refused) {
    for (const auto& member : object) {
      const bool known =
          std::any_of(schema.properties.begin(), schema.properties.end(),
                      [&](const Property& p) { return std::string_view(member.key()) == p.name; });
      if (!known) return fail(problems, "must NOT have additional properties");
    }
  }
  for (const Property& property : schema.properties) {
    json::value* member = object.if_contains(property.name);
    if (member != nullptr && !check(property.schema.front(), *member, problems)) return false;
  }
  return true;
}

bool check_array(const Schema& schema, json::array& array, Problems& problems) {
  if (schema.max_items && array.size() > *schema.max_items) {
    return fail(problems, count_text("more", *schema.max_items, "items"));
  }
  if (schema.min_items && array.size() < *schema.min_items) {
    return fail(problems, count_text("fewer", *schema.min_items, "items"));
  }
  if (schema.items.empty()) return true;
  return std::all_of(array.begin(), array.end(), [&](json::value& item) {
    return check(schema.items.front(), item, problems);
  });
}

bool check_branches(const Schema& schema, json::value& value, Problems& problems) {
  Problems of_branches;
  std::size_t fitting = 0;
  for (const Schema& branch : schema.branches) {
    if (check(branch, value, of_branches)) ++fitting;
    if (fitting == 1 && schema.type == Type::AnyOf) return true;
    if (fitting > 1) break;
  }
  if (schema.type == Type::OneOf && fitting == 1) return true;
  for (std::string& problem : of_branches) problems.push_back(std::move(problem));
  return fail(problems, schema.type == Type::OneOf ? "must match exactly one schema in oneOf"
                                                   : "must match a schema in anyOf");
}

bool check(const Schema& schema, json::value& value, Problems& problems) {
  if (schema.type == Type::OneOf || schema.type == Type::AnyOf) {
    return check_branches(schema, value, problems);
  }
  if (!check_type(schema, value)) {
    return fail(problems, fmt::format("must be {}{}", type_name(schema.type),
                                      schema.nullable ? ",null" : ""));
  }
  if (value.is_string() && !check_string(schema, value, problems)) return false;
  if (value.is_number() && !check_number(schema, value, problems)) return false;
  if (!schema.one_of_values.empty() && !(schema.nullable && value.is_null()) &&
      std::none_of(schema.one_of_values.begin(), schema.one_of_values.end(),
                   [&](const std::string& allowed) { return value == json::value(allowed); })) {
    return fail(problems, "must be equal to one of the allowed values");
  }
  if (value.is_object() && !check_object(schema, value.get_object(), problems)) return false;
  return !value.is_array() || check_array(schema, value.get_array(), problems);
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

std::optional<std::string> validate(const Schema& schema, json::value& value) {
  Problems problems;
  if (check(schema, value, problems)) return std::nullopt;
  std::string text;
  for (const std::string& problem : problems) {
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
