#include "wire/query_filter_path.h"

#include <algorithm>

#include "wire/query_string_tree.h"

namespace gantry::wire {
namespace {

// Takes the first part that is not a place off the front; nothing at the end.
std::optional<std::string_view> take_name(std::optional<std::string_view>& path) {
  while (path) {
    const std::size_t dot = path->find('.');
    const std::string_view name = path->substr(0, dot);
    if (dot == std::string_view::npos) {
      path.reset();
    } else {
      path->remove_prefix(dot + 1);
    }
    if (!to_list_place(name)) return name;
  }
  return std::nullopt;
}

}  // namespace

std::optional<DottedPath> DottedPath::from(std::string_view text) {
  DottedPath path;
  const auto dots = static_cast<std::size_t>(std::count(text.begin(), text.end(), '.'));
  if (dots >= kPathPartsMax) return std::nullopt;
  path.parts_.reserve(dots + 1);
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    const std::string_view name = text.substr(begin, end - begin);
    path.parts_.push_back({std::string(name), to_list_place(name)});
    begin = end + 1;
  }
  return path;
}

bool is_related_path(std::string_view rule, std::string_view path) {
  std::optional<std::string_view> rule_left = rule;
  std::optional<std::string_view> path_left = path;
  while (true) {
    const auto wanted = take_name(rule_left);
    const auto given = take_name(path_left);
    if (!wanted || !given) return true;
    if (*wanted != *given) return false;
  }
}

}  // namespace gantry::wire
