#pragma once
// Dotted paths (`a.b.0.c`) and the values that MongoDB finds behind them: arrays on the way are
// entered, a number is both a member's name and a place in an array. Pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace gantry::wire {

constexpr std::size_t kPathPartsMax = 32;

class DottedPath {
 public:
  struct Part {
    std::string name;
    std::optional<std::uint32_t> place;  // when the name can be a place in an array
  };

  DottedPath() = default;  // the value itself
  // Nothing when the path has too many parts.
  static std::optional<DottedPath> from(std::string_view text);

  const std::vector<Part>& parts() const { return parts_; }

 private:
  std::vector<Part> parts_;
};

// Whether a rule that names `rule` speaks of `path`: they are equal or one lies within the other.
// Places in arrays do not count, so that `emails.0.address` is not an escape from `emails.address`.
bool is_related_path(std::string_view rule, std::string_view path);

// What to do with an array at the very end of a path.
enum class LastArray {
  Entered,  // its items, then the array itself
  Whole,    // the array only
};

// Calls `visit` for each value behind the path until one call returns true; a null pointer is a
// value that is missing. Returns whether a call did.
template <class Visit>
class PathWalk {
 public:
  PathWalk(const DottedPath& path, LastArray last, Visit& visit)
      : parts_(path.parts()), last_(last), visit_(visit) {}

  bool from_object(const json::object& object) { return member(object, 0); }
  // An array seen as a document, whose members are its places.
  bool from_array(const json::array& array) {
    if (parts_.empty()) return false;
    const auto& place = parts_[0].place;
    return place && *place < array.size() ? reach(array[*place], 1) : visit_(nullptr);
  }

 private:
  bool member(const json::object& object, std::size_t at) {
    const json::value* value = object.if_contains(parts_[at].name);
    return value == nullptr ? visit_(nullptr) : reach(*value, at + 1);
  }

  // `value` lies behind the first `at` parts.
  bool reach(const json::value& value, std::size_t at) {
    if (value.is_array()) {
      return at == parts_.size() ? end_in(value) : enter(value.get_array(), at);
    }
    if (at == parts_.size()) return visit_(&value);
    if (!value.is_object()) return visit_(nullptr);
    return member(value.get_object(), at);
  }

  bool end_in(const json::value& array) {
    if (last_ == LastArray::Entered) {
      for (const json::value& item : array.get_array()) {
        if (visit_(&item)) return true;
      }
    }
    return visit_(&array);
  }

  // Part `at` is looked for in the items that are objects, and it may be a place in the array.
  bool enter(const json::array& array, std::size_t at) {
    const auto& place = parts_[at].place;
    const bool last = at + 1 == parts_.size();
    for (std::size_t i = 0; i < array.size(); ++i) {
      const json::value& item = array[i];
      if (item.is_object() && member(item.get_object(), at)) return true;
      if (place != i) continue;
      if (last) {
        // Compat: MongoDB does not enter an array that was reached by its place.
        if (visit_(&item)) return true;
      } else if (item.is_object()) {
        if (member(item.get_object(), at + 1)) return true;
      } else if (item.is_array()) {
        if (enter(item.get_array(), at + 1)) return true;
      }
    }
    return false;
  }

  const std::vector<DottedPath::Part>& parts_;
  LastArray last_;
  Visit& visit_;
};

}  // namespace gantry::wire
