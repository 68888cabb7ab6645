#include "integrations/trial/difference.h"

#include <algorithm>

namespace gantry::integrations {
namespace {

std::string below(const std::string& path, std::string_view key) {
  std::string out = path + '/';
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

struct Comparison {
  std::vector<std::string> paths;

  void note(std::string path) {
    if (paths.size() < kDifferencesMax) paths.push_back(std::move(path));
  }

  void compare(const json::object& one, const json::object& other, const std::string& path) {
    for (const auto& member : one) {
      const json::value* counterpart = find_member(other, member.key());
      if (counterpart == nullptr) {
        note(below(path, member.key()));
      } else {
        compare(member.value(), *counterpart, below(path, member.key()));
      }
    }
    for (const auto& member : other) {
      if (find_member(one, member.key()) == nullptr) note(below(path, member.key()));
    }
  }

  void compare(const json::array& one, const json::array& other, const std::string& path) {
    const std::size_t shared = std::min(one.size(), other.size());
    for (std::size_t i = 0; i < shared; ++i) {
      compare(one[i], other[i], below(path, std::to_string(i)));
    }
    for (std::size_t i = shared; i < std::max(one.size(), other.size()); ++i) {
      note(below(path, std::to_string(i)));
    }
  }

  void compare(const json::value& one, const json::value& other, const std::string& path) {
    if (one.is_object() && other.is_object()) {
      compare(one.get_object(), other.get_object(), path);
    } else if (one.is_array() && other.is_array()) {
      compare(one.get_array(), other.get_array(), path);
    } else if (one != other) {
      note(path);
    }
  }
};

}  // namespace

std::vector<std::string> differing_paths(const json::value& one, const json::value& other) {
  Comparison comparison;
  comparison.compare(one, other, "");
  return std::move(comparison.paths);
}

}  // namespace gantry::integrations
