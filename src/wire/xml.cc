#include "wire/xml.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

#include "domain/directory.h"
#include "wire/query_string.h"

namespace gantry::wire {
namespace {

// Lists between the elements included, about twice as deep as JSON.
constexpr int kDepthMax = 48;
constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::pair<std::string_view, char> kEntities[] = {
    {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};

bool is_name_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_' || c == ':' || c == '-' || c == '.';
}

bool starts_name(char c) {
  return is_name_byte(c) && std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '-' &&
         c != '.';
}

// What XML allows of control characters is the white ones.
bool is_character(std::uint32_t code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  return code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF) && code != 0xFFFE && code != 0xFFFF;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6U);
  } else {
    if (code < 0x10000) {
      put(0xE0 | code >> 12U);
    } else {
      put(0xF0 | code >> 18U);
      put(0x80 | (code >> 12U & 0x3FU));
    }
    put(0x80 | (code >> 6U & 0x3FU));
  }
  put(0x80 | (code & 0x3FU));
}

// Reads from the front of what is left. What fails leaves it anywhere.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  std::optional<json::object> read_document() {
    take(kByteOrderMark);
    if (left_.starts_with("<?xml") && !read_declaration()) return std::nullopt;
    json::object out;
    if (!skip_between() || !read_element(out, 0) || !skip_between() || !left_.empty()) {
      return std::nullopt;
    }
    return out;
  }

 private:
  bool take(std::string_view wanted) {
    if (!left_.starts_with(wanted)) return false;
    left_.remove_prefix(wanted.size());
    return true;
  }
  bool skip_spaces() {
    const std::size_t count = std::min(left_.find_first_not_of(kSpaces), left_.size());
    left_.remove_prefix(count);
    return count > 0;
  }
  bool take_until(std::string_view end, std::string_view& taken) {
    const std::size_t at = left_.find(end);
    if (at == std::string_view::npos) return false;
    taken = left_.substr(0, at);
    left_.remove_prefix(at + end.size());
    return true;
  }

  bool read_declaration() {
    std::string_view words;
    if (!take_until("?>", words)) return false;
    const std::string lower = domain::to_lower(words);
    const std::size_t at = lower.find("encoding");
    return at == std::string::npos || lower.find("utf-8", at) != std::string::npos ||
           lower.find("us-ascii", at) != std::string::npos;
  }

  // Comments and instructions. False: one has no end.
  bool skip_remarks(bool& skipped) {
    std::string_view ignored;
    skipped = true;
    if (take("<!--")) return take_until("-->", ignored);
    if (take("<?")) return take_until("?>", ignored);
    skipped = false;
    return true;
  }
  bool skip_between() {
    for (bool more = true; more;) {
      const bool spaces = skip_spaces();
      if (!skip_remarks(more)) return false;
      more = more || spaces;
    }
    return true;
  }

  bool read_name(std::string_view& name) {
    if (left_.empty() || !starts_name(left_.front())) return false;
    const auto* const end = std::find_if_not(left_.begin(), left_.end(), is_name_byte);
    name = left_.substr(0, static_cast<std::size_t>(end - left_.begin()));
    left_.remove_prefix(name.size());
    return true;
  }

  static bool decode_entity(std::string_view name, std::string& out) {
    if (name.starts_with('#')) {
      name.remove_prefix(1);
      const bool hex = name.starts_with('x');
      if (hex) name.remove_prefix(1);
      std::uint32_t code = 0;
      const auto [end, error] =
          std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
      if (error != std::errc{} || end != name.data() + name.size() || !is_character(code)) {
        return false;
      }
      append_utf8(out, code);
      return true;
    }
    for (const auto& [known, character] : kEntities) {
      if (name != known) continue;
      out += character;
      return true;
    }
    return false;
  }

  static bool decode(std::string_view raw, std::string& out) {
    while (!raw.empty()) {
      const std::size_t at = std::min(raw.find('&'), raw.size());
      out += raw.substr(0, at);
      raw.remove_prefix(at);
      if (raw.empty()) break;
      const std::size_t end = raw.find(';');
      if (end == std::string_view::npos || !decode_entity(raw.substr(1, end - 1), out)) {
        return false;
      }
      raw.remove_prefix(end + 1);
    }
    return true;
  }

  bool read_attribute(json::object& element) {
    std::string_view name;
    if (!read_name(name)) return false;
    skip_spaces();
    if (!take("=")) return false;
    skip_spaces();
    const bool single = left_.starts_with('\'');
    if (!take(single ? "'" : "\"")) return false;
    std::string_view raw;
    std::string value;
    if (!take_until(single ? "'" : "\"", raw) || raw.find('<') != std::string_view::npos ||
        !decode(raw, value)) {
      return false;
    }
    return element.emplace("@" + std::string(name), std::move(value)).second;
  }

  static void add_child(json::object& element, std::string_view name, json::value child) {
    json::value& place = element[name];
    if (place.is_null()) {
      place = std::move(child);
      return;
    }
    if (!place.is_array()) place = json::array{std::move(place)};
    place.get_array().push_back(std::move(child));
  }

  // Puts the element under its name into `parent`.
  bool read_element(json::object& parent, int depth) {
    std::string_view name;
    if (depth >= kDepthMax || !take("<") || !read_name(name)) return false;
    json::object element;
    bool closed = false;
    for (;;) {
      const bool spaces = skip_spaces();
      if (take(">")) break;
      closed = take("/>");
      if (closed) break;
      if (!spaces || !read_attribute(element)) return false;
    }
    std::string text;
    if (!closed && !read_content(name, element, text, depth)) return false;
    if (element.empty()) {
      add_child(parent, name, json::value(text));
      return true;
    }
    if (text.find_first_not_of(kSpaces) != std::string::npos) element["#text"] = text;
    add_child(parent, name, std::move(element));
    return true;
  }

  // Up to and with the end tag.
  bool read_content(std::string_view name, json::object& element, std::string& text, int depth) {
    for (;;) {
      const std::size_t at = left_.find('<');
      if (at == std::string_view::npos || !decode(left_.substr(0, at), text)) return false;
      left_.remove_prefix(at);
      if (take("</")) {
        if (!take(name)) return false;
        skip_spaces();
        return take(">");
      }
      if (take("<![CDATA[")) {
        std::string_view raw;
        if (!take_until("]]>", raw)) return false;
        text += raw;
        continue;
      }
      bool skipped = false;
      if (!skip_remarks(skipped)) return false;
      if (!skipped && !read_element(element, depth + 1)) return false;
    }
  }

  std::string_view left_;
};

// Controls other than white space, and bytes that are no UTF-8.
bool is_text(std::string_view text) {
  const bool controls = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && !is_character(static_cast<unsigned char>(c));
  });
  return !controls && is_utf8(text);
}

}  // namespace

std::optional<json::object> read_xml(std::string_view text) {
  if (!is_text(text)) return std::nullopt;
  return Reader(text).read_document();
}

}  // namespace gantry::wire
