#pragma once
// `fields` of list operations: which members of a document are shown. MongoDB's rules: a list of
// what to show (1) or of what to leave out (0), not both, save that `_id` may be left out of a list
// of what to show, where it is otherwise always present. Dotted paths reach into the objects of
// arrays; numbers in them are names, not places. Immutable after parsing but for exclude().

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace gantry::wire {

constexpr std::size_t kProjectionFieldsMax = 256;

class FieldProjection {
 public:
  FieldProjection() = default;  // shows everything

  void apply(json::object& document) const;
  json::object projected(const json::object& document) const;

  // Leaves these out whatever the caller asked for.
  void exclude(std::span<const std::string_view> names);

  // Whether anything of the top-level member would be shown, so that the rest need not be made.
  bool shows(std::string_view member) const;
  bool shows_everything() const { return mode_ == Mode::Exclude && excluded_.empty(); }
  // The dotted paths that were asked for; none when the projection only leaves out.
  const std::vector<std::string>& selected() const { return selected_; }

 private:
  friend Result<FieldProjection> parse_fields(std::string_view raw);

  // Names and, below them, more names; a name without any below means the whole member.
  struct Tree {
    struct Branch;
    std::vector<Branch> branches;

    bool empty() const { return branches.empty(); }
    const Branch* find(std::string_view name) const;
    // False when the path meets one that was added before.
    bool add(std::string_view path);
  };

  enum class Mode { Include, Exclude };

  // False when the names or values are against the rules.
  bool read(const json::object& fields);

  static void keep(json::object& object, const Tree& tree);
  static bool keep(json::value& value, const Tree& tree);
  static void drop(json::object& object, const Tree& tree);
  static void drop(json::value& value, const Tree& tree);

  Mode mode_ = Mode::Exclude;
  Tree included_;  // in Mode::Include
  Tree excluded_;
  std::vector<std::string> selected_;
};

struct FieldProjection::Tree::Branch {
  std::string name;
  Tree below;
};

// A JSON object of 0 and 1; else ErrorCode::InvalidFields.
Result<FieldProjection> parse_fields(std::string_view raw);

}  // namespace gantry::wire
