#include "base/json.h"

#include <cmath>

#include <fmt/format.h>

namespace gantry {

std::optional<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) return std::nullopt;
  json::parse_options options;
  options.max_depth = limits.depth_max;
  json::error_code error;
  json::value value = json::parse(text, error, json::storage_ptr{}, options);
  if (error) return std::nullopt;
  return value;
}

const json::value* find_member(const json::object& object, std::string_view key) {
  return object.if_contains(key);
}

std::string_view text_of(const json::object& object, std::string_view key) {
  const json::value* member = object.if_contains(key);
  return member != nullptr && member->is_string() ? std::string_view(member->get_string())
                                                  : std::string_view{};
}

bool is_truthy(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return false;
    case json::kind::bool_:
      return value.get_bool();
    case json::kind::int64:
      return value.get_int64() != 0;
    case json::kind::uint64:
      return value.get_uint64() != 0;
    case json::kind::double_:
      return value.get_double() != 0 && !std::isnan(value.get_double());
    case json::kind::string:
      return !value.get_string().empty();
    case json::kind::array:
    case json::kind::object:
      return true;
  }
  return false;
}

std::string to_js_string(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return value.get_bool() ? "true" : "false";
    case json::kind::int64:
      return std::to_string(value.get_int64());
    case json::kind::uint64:
      return std::to_string(value.get_uint64());
    case json::kind::double_:
      return fmt::format("{}", value.get_double());
    case json::kind::string:
      return std::string(value.get_string());
    case json::kind::array: {
      std::string out;
      for (const json::value& item : value.get_array()) {
        if (&item != value.get_array().data()) out += ',';
        if (!item.is_null()) out += to_js_string(item);
      }
      return out;
    }
    case json::kind::object:
      return "[object Object]";
  }
  return {};
}

}  // namespace gantry
