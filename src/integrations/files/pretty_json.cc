#include "integrations/files/pretty_json.h"

namespace gantry::integrations {
namespace {

constexpr std::size_t kStep = 2;

void write(std::string& out, const json::value& value, std::size_t depth);

void begin_line(std::string& out, std::size_t depth) {
  out += '\n';
  out.append(kStep * depth, ' ');
}

void write_object(std::string& out, const json::object& object, std::size_t depth) {
  if (object.empty()) {
    out += "{}";
    return;
  }
  out += '{';
  bool first = true;
  for (const auto& member : object) {
    if (!first) out += ',';
    first = false;
    begin_line(out, depth + 1);
    append_json_string(out, member.key());
    out += ": ";
    write(out, member.value(), depth + 1);
  }
  begin_line(out, depth);
  out += '}';
}

void write_array(std::string& out, const json::array& array, std::size_t depth) {
  if (array.empty()) {
    out += "[]";
    return;
  }
  out += '[';
  bool first = true;
  for (const json::value& item : array) {
    if (!first) out += ',';
    first = false;
    begin_line(out, depth + 1);
    write(out, item, depth + 1);
  }
  begin_line(out, depth);
  out += ']';
}

void write(std::string& out, const json::value& value, std::size_t depth) {
  if (value.is_object()) {
    write_object(out, value.get_object(), depth);
  } else if (value.is_array()) {
    write_array(out, value.get_array(), depth);
  } else {
    out += to_json_text(value);
  }
}

}  // namespace

std::string to_pretty_json(const json::value& value) {
  std::string out;
  write(out, value, 0);
  out += '\n';
  return out;
}

}  // namespace gantry::integrations
