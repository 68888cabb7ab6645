#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace gantry {
namespace {

// Boost reads 1e309 as infinity, which no JSON can hold.
bool is_finite(const json::value& value) {
  if (value.is_double()) return std::isfinite(value.get_double());
  if (const json::array* array = value.if_array()) {
    return std::all_of(array->begin(), array->end(), is_finite);
  }
  if (const json::object* object = value.if_object()) {
    return std::all_of(object->begin(), object->end(),
                       [](const auto& member) { return is_finite(member.value()); });
  }
  return true;
}

// Number::toString of JavaScript: plain digits from 1e-6 up to 1e21, else an exponent.
std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return "0";
  // The shortest digits that read back as the same number: "d.ddde+XX".
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, std::abs(number),
                                          std::chars_format::scientific);
  std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t mark = text.find('e');
  int exponent = 0;
  const std::string_view exponent_text = text.substr(mark + 1);
  const std::size_t sign = exponent_text.front() == '+' ? 1 : 0;
  std::from_chars(exponent_text.data() + sign, exponent_text.data() + exponent_text.size(),
                  exponent);
  std::string digits;
  for (char c : text.substr(0, mark)) {
    if (c != '.') digits += c;
  }
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // where the decimal point stands in the digits
  std::string out = number < 0 ? "-" : "";
  if (point >= count && point <= 21) {
    out += digits + std::string(static_cast<std::size_t>(point - count), '0');
  } else if (point > 0 && point <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(point)) + "." +
           digits.substr(static_cast<std::size_t>(point));
  } else if (point > -6 && point <= 0) {
    out += "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  } else {
    out += digits.substr(0, 1);
    if (count > 1) out += "." + digits.substr(1);
    out += fmt::format("e{}{}", exponent < 0 ? "-" : "+", std::abs(exponent));
  }
  return out;
}

void write(std::string& out, const json::value& value);

void write(std::string& out, const json::object& object) {
  out += '{';
  bool first = true;
  for (const auto& member : object) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, member.key());
    out += ':';
    write(out, member.value());
  }
  out += '}';
}

void write(std::string& out, const json::array& array) {
  out += '[';
  for (const json::value& item : array) {
    if (&item != array.data()) out += ',';
    write(out, item);
  }
  out += ']';
}

void write(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      break;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case json::kind::int64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_int64());
      break;
    case json::kind::uint64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_uint64());
      break;
    case json::kind::double_:
      // No JSON can hold what is not finite; JSON.stringify writes null.
      out += std::isfinite(value.get_double()) ? number_text(value.get_double()) : "null";
      break;
    case json::kind::string:
      append_json_string(out, value.get_string());
      break;
    case json::kind::array:
      write(out, value.get_array());
      break;
    case json::kind::object:
      write(out, value.get_object());
      break;
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t clean = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out += text.substr(clean, i - clean);
    clean = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    }
  }
  out += text.substr(clean);
  out += '"';
}

std::string to_json_text(const json::value& value) {
  std::string out;
  write(out, value);
  return out;
}

std::string to_json_text(const json::object& object) {
  std::string out;
  write(out, object);
  return out;
}

std::string to_json_text(const json::array& array) {
  std::string out;
  write(out, array);
  return out;
}

std::optional<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) return std::nullopt;
  json::parse_options options;
  options.max_depth = limits.depth_max;
  json::error_code error;
  json::value value = json::parse(text, error, json::storage_ptr{}, options);
  if (error || !is_finite(value)) return std::nullopt;
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
      return number_text(value.get_double());
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
