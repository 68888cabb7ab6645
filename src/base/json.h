#pragma once
// JSON values (Boost.JSON) and the bounded parsing of untrusted text. Objects keep the order in
// which their keys were written.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace gantry {

namespace json = boost::json;

struct JsonLimits {
  std::size_t bytes_max = 10 * 1024 * 1024;
  std::size_t depth_max = 64;
};

// Nothing when the text is not one JSON value or is beyond the limits.
std::optional<json::value> parse_json(std::string_view text, const JsonLimits& limits = {});

// JSON text as JSON.stringify writes it: numbers in JavaScript's form.
std::string to_json_text(const json::value& value);
std::string to_json_text(const json::object& object);
std::string to_json_text(const json::array& array);
// A text in quotes, for who writes JSON piece by piece.
void append_json_string(std::string& out, std::string_view text);

// The member, or null when absent; never throws.
const json::value* find_member(const json::object& object, std::string_view key);
// The member's text, or an empty view when it is absent or not a string.
std::string_view text_of(const json::object& object, std::string_view key);
// JavaScript's truthiness: null, false, 0, NaN and "" are false.
bool is_truthy(const json::value& value);
// String(value) as JavaScript gives it for plain data.
std::string to_js_string(const json::value& value);

}  // namespace gantry
