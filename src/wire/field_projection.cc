#include "wire/field_projection.h"

#include <algorithm>
#include <optional>

#include "domain/error_codes.h"
#include "wire/list_parameter.h"
#include "wire/query_filter_path.h"

namespace gantry::wire {
namespace {

constexpr JsonLimits kFieldsText{.bytes_max = 32 * 1024, .depth_max = 2};
constexpr std::string_view kId = "_id";

// 0 or 1, else nothing.
std::optional<int> to_choice(const json::value& value) {
  if (!value.is_number()) return std::nullopt;
  const double number = value.to_number<double>();
  if (number != 0 && number != 1) return std::nullopt;
  return number == 1 ? 1 : 0;
}

// Neither empty parts nor MongoDB's operators.
bool is_field_path(std::string_view path) {
  const auto dotted = DottedPath::from(path);
  return dotted && std::all_of(dotted->parts().begin(), dotted->parts().end(),
                               [](const DottedPath::Part& part) {
                                 return !part.name.empty() && part.name[0] != '$';
                               });
}

}  // namespace

const FieldProjection::Tree::Branch* FieldProjection::Tree::find(std::string_view name) const {
  const auto found = std::find_if(branches.begin(), branches.end(),
                                  [&](const Branch& branch) { return branch.name == name; });
  return found != branches.end() ? &*found : nullptr;
}

bool FieldProjection::Tree::add(std::string_view path) {
  const std::size_t dot = path.find('.');
  const std::string_view name = path.substr(0, dot);
  const bool last = dot == std::string_view::npos;
  auto found = std::find_if(branches.begin(), branches.end(),
                            [&](const Branch& branch) { return branch.name == name; });
  if (found == branches.end()) {
    branches.push_back({std::string(name), {}});
    return last || branches.back().below.add(path.substr(dot + 1));
  }
  if (last) {
    // The wider path takes the place of what lies within it.
    found->below.branches.clear();
    return false;
  }
  return !found->below.empty() && found->below.add(path.substr(dot + 1));
}

bool FieldProjection::read(const json::object& fields) {
  if (fields.size() > kProjectionFieldsMax) return false;
  std::optional<Mode> mode;
  std::optional<int> id;
  for (const auto& member : fields) {
    const std::string_view path = member.key();
    const auto choice = to_choice(member.value());
    if (!choice || !is_field_path(path)) return false;
    if (path == kId) {
      id = choice;
      continue;
    }
    const Mode wanted = *choice == 1 ? Mode::Include : Mode::Exclude;
    if (mode && *mode != wanted) return false;
    mode = wanted;
    if (!(wanted == Mode::Include ? included_ : excluded_).add(path)) return false;
    if (wanted == Mode::Include) selected_.emplace_back(path);
  }
  mode_ = mode.value_or(id == 1 ? Mode::Include : Mode::Exclude);
  if (id == 0) {
    // A part of `_id` that was asked for cannot be told from the whole being left out.
    if (included_.find(kId) != nullptr || excluded_.find(kId) != nullptr) return false;
    excluded_.add(kId);
  } else if (mode_ == Mode::Include) {
    const bool part_only = included_.find(kId) != nullptr;
    if (part_only && id == 1) return false;
    if (!part_only) included_.add(kId);
    if (id == 1) selected_.emplace_back(kId);
  } else if (id == 1 && excluded_.find(kId) != nullptr) {
    return false;
  }
  return true;
}

void FieldProjection::exclude(std::span<const std::string_view> names) {
  for (const std::string_view name : names) excluded_.add(name);
}

bool FieldProjection::shows(std::string_view member) const {
  if (mode_ == Mode::Include && included_.find(member) == nullptr) return false;
  const Tree::Branch* excluded = excluded_.find(member);
  return excluded == nullptr || !excluded->below.empty();
}

void FieldProjection::apply(json::object& document) const {
  if (mode_ == Mode::Include) keep(document, included_);
  if (!excluded_.empty()) drop(document, excluded_);
}

json::object FieldProjection::projected(const json::object& document) const {
  json::object out;
  for (const auto& member : document) {
    if (shows(member.key())) out.emplace(member.key(), member.value());
  }
  apply(out);
  return out;
}

void FieldProjection::keep(json::object& object, const Tree& tree) {
  json::object kept(object.storage());
  for (auto& member : object) {
    const Tree::Branch* branch = tree.find(member.key());
    if (branch == nullptr) continue;
    if (!branch->below.empty() && !keep(member.value(), branch->below)) continue;
    kept.emplace(member.key(), std::move(member.value()));
  }
  object = std::move(kept);
}

// Whether anything of the value is shown: a value that has no members is not.
bool FieldProjection::keep(json::value& value, const Tree& tree) {
  if (json::object* object = value.if_object()) {
    keep(*object, tree);
    return true;
  }
  json::array* array = value.if_array();
  if (array == nullptr) return false;
  json::array kept(array->storage());
  for (json::value& item : *array) {
    if (keep(item, tree)) kept.push_back(std::move(item));
  }
  *array = std::move(kept);
  return true;
}

void FieldProjection::drop(json::object& object, const Tree& tree) {
  for (const Tree::Branch& branch : tree.branches) {
    if (branch.below.empty()) {
      object.stable_erase(branch.name);
    } else if (json::value* member = object.if_contains(branch.name)) {
      drop(*member, branch.below);
    }
  }
}

void FieldProjection::drop(json::value& value, const Tree& tree) {
  if (json::object* object = value.if_object()) {
    drop(*object, tree);
  } else if (json::array* array = value.if_array()) {
    for (json::value& item : *array) drop(item, tree);
  }
}

Result<FieldProjection> parse_fields(std::string_view raw) {
  const auto value = parse_json(raw, kFieldsText);
  FieldProjection projection;
  if (value && value->is_object() && projection.read(value->get_object())) return projection;
  return invalid_list_parameter(ErrorCode::InvalidFields, "fields", raw);
}

}  // namespace gantry::wire
