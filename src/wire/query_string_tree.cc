#include "wire/query_string_tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "wire/query_string.h"

namespace gantry::wire {

bool is_inherited_key(std::string_view key) {
  static constexpr std::array<std::string_view, 12> kKeys = {
      "__defineGetter__", "__defineSetter__", "__lookupGetter__",     "__lookupSetter__",
      "__proto__",        "constructor",      "hasOwnProperty",       "isPrototypeOf",
      "toLocaleString",   "toString",         "propertyIsEnumerable", "valueOf"};
  if (key.size() < 7) return false;
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

std::optional<std::uint32_t> to_list_place(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::numeric_limits<std::uint32_t>::max();
  return value;
}

QueryTree::Kind QueryTree::Source::kind() const {
  if (steps.empty()) return values.size() == 1 ? Kind::Text : Kind::List;
  return steps.front().kind == Step::Kind::Place ? Kind::List : Kind::Object;
}

// "a[b][c]" gives "a", "[b]", "[c]". What stands between groups is dropped; groups beyond the
// depth limit, or one that is never closed, make one last name. Nothing when a name is inherited.
std::optional<std::vector<std::string_view>> QueryTree::split(std::string_view key,
                                                              std::string& unclosed) {
  std::vector<std::string_view> segments;
  const std::size_t first = key.find('[');
  if (const auto name = key.substr(0, first); !name.empty()) {
    if (is_inherited_key(name)) return std::nullopt;
    segments.push_back(name);
  }
  std::size_t open = first;
  for (std::size_t groups = 0; open != std::string_view::npos; ++groups) {
    std::size_t close = open;
    if (groups < limits_.depth_max) {
      int level = 0;
      for (; close < key.size(); ++close) {
        if (key[close] == '[') ++level;
        if (key[close] == ']' && --level == 0) break;
      }
    }
    if (groups == limits_.depth_max || close == key.size()) {
      unclosed.append("[").append(key.substr(open)).append("]");
      segments.push_back(unclosed);
      break;
    }
    if (is_inherited_key(key.substr(open + 1, close - open - 1))) return std::nullopt;
    segments.push_back(key.substr(open, close - open + 1));
    open = key.find('[', close + 1);
  }
  return segments;
}

QueryTree::Added QueryTree::add(std::string_view key, std::span<const std::string> values) {
  if (key.empty()) return Added::Yes;
  std::string unclosed;
  const auto segments = split(key, unclosed);
  if (!segments) return Added::Yes;

  // From the end, because `[]` around a list adds no level of its own.
  std::vector<Step> steps;
  bool inner_is_list = values.size() > 1;
  for (auto segment = segments->rbegin(); segment != segments->rend(); ++segment) {
    if (*segment == "[]") {
      if (!inner_is_list) steps.push_back({Step::Kind::Place, {}, 0});
      inner_is_list = true;
      continue;
    }
    const bool bracketed = segment->front() == '[' && segment->back() == ']';
    const auto name = bracketed ? segment->substr(1, segment->size() - 2) : *segment;
    const auto place = bracketed ? to_list_place(name) : std::nullopt;
    if (place && *place >= limits_.array_items_max) return Added::TooManyItems;
    if (place) {
      steps.push_back({Step::Kind::Place, {}, *place});
    } else {
      steps.push_back({name == "__proto__" ? Step::Kind::Nameless : Step::Kind::Name, name});
    }
    inner_is_list = place.has_value();
  }
  std::reverse(steps.begin(), steps.end());
  return merge(root_, {steps, values}) ? Added::Yes : Added::TooManyItems;
}

bool QueryTree::merge(Node& node, const Source& source) {
  const Kind kind = source.kind();
  if (kind == Kind::Text) return merge_text(node, source.values.front());
  if (node.kind == Kind::Text) return put_before(node, source);
  if (node.kind == Kind::List && kind == Kind::List) return merge_list(node, source);
  if (node.kind == Kind::List) turn_into_object(node);

  if (!source.steps.empty()) {
    const Step& step = source.steps.front();
    if (step.kind == Step::Kind::Nameless) return true;
    if (step.kind == Step::Kind::Name) return merge_member(node, step.name, source.rest());
    return merge_member(node, std::to_string(step.place), source.rest());
  }
  for (std::size_t i = 0; i < source.values.size(); ++i) {
    if (!merge_member(node, std::to_string(i), {{}, source.values.subspan(i, 1)})) return false;
  }
  return true;
}

bool QueryTree::merge_text(Node& node, const std::string& text) {
  if (text.empty()) return true;
  if (node.kind == Kind::Object && node.numbered) {
    const std::uint32_t next = *node.numbered + 1;
    if (next >= limits_.array_items_max) return false;
    Node& member = put_name(node, std::to_string(next));
    member.kind = Kind::Text;
    member.text = text;
    node.numbered = next;
    return true;
  }
  if (node.kind != Kind::List) {
    const bool conflict = node.kind == Kind::Object;
    wrap_as_list(node);
    if (conflict) node.numbered = 1;
  }
  if (node.children.size() >= limits_.array_items_max) return false;
  Node& item = append(node);
  item.kind = Kind::Text;
  item.text = text;
  return true;
}

bool QueryTree::merge_list(Node& list, const Source& source) {
  if (!source.steps.empty()) {
    const std::uint32_t place = source.steps.front().place;
    const Source value = source.rest();
    Node* taken = find_place(list, place);
    if (taken != nullptr && taken->kind != Kind::Text && value.kind() != Kind::Text) {
      if (!merge(*taken, value)) return false;
    } else {
      build(taken != nullptr ? append(list) : put_place(list, place), value);
    }
  } else {
    for (std::uint32_t place = 0; place < source.values.size(); ++place) {
      Node& item = find_place(list, place) != nullptr ? append(list) : put_place(list, place);
      item.kind = Kind::Text;
      item.text = source.values[place];
    }
  }
  return list.children.size() <= limits_.array_items_max;
}

bool QueryTree::merge_member(Node& object, std::string_view name, const Source& value) {
  if (Node* member = find_name(object, name)) {
    if (!merge(*member, value)) return false;
  } else {
    build(put_name(object, name), value);
  }
  if (const auto number = to_list_place(name);
      object.numbered && number && *number > *object.numbered) {
    object.numbered = number;
  }
  return true;
}

// A text that was there first becomes the first item of a list; the newcomer follows.
bool QueryTree::put_before(Node& text, const Source& source) {
  wrap_as_list(text);
  if (source.kind() == Kind::Object) {
    build(append(text), source);
  } else if (!source.steps.empty()) {
    build(put_place(text, source.steps.front().place + 1), source.rest());
  } else {
    for (std::size_t i = 0; i < source.values.size(); ++i) {
      build(append(text), {{}, source.values.subspan(i, 1)});
    }
  }
  return text.length <= limits_.array_items_max;
}

void QueryTree::build(Node& node, const Source& source) {
  node.kind = source.kind();
  if (node.kind == Kind::Text) {
    node.text = source.values.front();
  } else if (source.steps.empty()) {
    for (const std::string& value : source.values) {
      Node& item = append(node);
      item.kind = Kind::Text;
      item.text = value;
    }
  } else if (node.kind == Kind::List) {
    build(put_place(node, source.steps.front().place), source.rest());
  } else if (source.steps.front().kind == Step::Kind::Name) {
    build(put_name(node, source.steps.front().name), source.rest());
  }
}

QueryTree::Node& QueryTree::append(Node& list) {
  return put_place(list, list.length);
}

QueryTree::Node* QueryTree::find_place(Node& list, std::uint32_t place) {
  const auto found = std::lower_bound(
      list.children.begin(), list.children.end(), place,
      [](const std::unique_ptr<Node>& node, std::uint32_t wanted) { return node->place < wanted; });
  return found != list.children.end() && (*found)->place == place ? found->get() : nullptr;
}

QueryTree::Node& QueryTree::put_place(Node& list, std::uint32_t place) {
  const auto at = std::lower_bound(
      list.children.begin(), list.children.end(), place,
      [](const std::unique_ptr<Node>& node, std::uint32_t wanted) { return node->place < wanted; });
  auto node = std::make_unique<Node>();
  node->place = place;
  list.length = std::max(list.length, place + 1);
  return **list.children.insert(at, std::move(node));
}

QueryTree::Node* QueryTree::find_name(Node& object, std::string_view name) {
  const auto found = object.by_name.find(name);
  return found != object.by_name.end() ? found->second : nullptr;
}

QueryTree::Node& QueryTree::put_name(Node& object, std::string_view name) {
  auto node = std::make_unique<Node>();
  node->name = name;
  object.by_name.emplace(node->name, node.get());
  object.children.push_back(std::move(node));
  return *object.children.back();
}

void QueryTree::wrap_as_list(Node& node) {
  auto item = std::make_unique<Node>();
  item->kind = node.kind;
  item->text = std::move(node.text);
  item->children = std::move(node.children);
  item->by_name = std::move(node.by_name);
  item->length = node.length;
  item->numbered = node.numbered;
  node.kind = Kind::List;
  node.text.clear();
  node.children.clear();
  node.by_name.clear();
  node.children.push_back(std::move(item));
  node.length = 1;
  node.numbered.reset();
}

void QueryTree::turn_into_object(Node& list) {
  list.kind = Kind::Object;
  if (list.numbered) list.numbered = list.length - 1;
  for (const std::unique_ptr<Node>& item : list.children) {
    item->name = std::to_string(item->place);
    list.by_name.emplace(item->name, item.get());
  }
}

json::value QueryTree::to_value(const Node& node, const json::storage_ptr& storage) {
  if (node.kind == Kind::Text) return json::value(json::string(node.text, storage));
  if (node.kind == Kind::List) {
    json::array list(storage);
    list.reserve(node.children.size());
    for (const auto& item : node.children) list.push_back(to_value(*item, storage));
    return list;
  }
  json::object object(storage);
  object.reserve(node.children.size());
  for (const auto& member : node.children) {
    object.emplace(member->name, to_value(*member, storage));
  }
  return object;
}

json::object QueryTree::to_json(const json::storage_ptr& storage) const {
  return std::move(to_value(root_, storage).as_object());
}

}  // namespace gantry::wire
