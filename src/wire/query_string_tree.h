#pragma once
// Where `a[b][]=c` keys meet: every key names a place in one tree, and places that are taken
// twice are settled as `qs` settles them. Owned by one parse; used on its thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"

namespace gantry::wire {

struct QueryStringLimits;

class QueryTree {
 public:
  explicit QueryTree(const QueryStringLimits& limits) : limits_(limits) {}

  enum class Added { Yes, TooManyItems };
  // `key` is decoded; `values` holds one text for each time that the key was given.
  Added add(std::string_view key, std::span<const std::string> values);

  json::object to_json(const json::storage_ptr& storage) const;

 private:
  enum class Kind { Text, List, Object };

  struct Node {
    Kind kind = Kind::Object;
    std::string name;         // within an object
    std::uint32_t place = 0;  // within a list; places may be skipped
    std::string text;
    std::vector<std::unique_ptr<Node>> children;
    std::unordered_map<std::string_view, Node*> by_name;
    std::uint32_t length = 0;  // of a list: one past its last place
    // The last number given out where a text met an object; further texts are numbered on.
    std::optional<std::uint32_t> numbered;
  };

  // One bracket group of a key. A nameless step makes an object and ends there.
  struct Step {
    enum class Kind { Name, Place, Nameless } kind;
    std::string_view name;
    std::uint32_t place = 0;
  };

  // The part of a key that is still to be placed, and the values at its end.
  struct Source {
    std::span<const Step> steps;
    std::span<const std::string> values;

    Kind kind() const;
    Source rest() const { return {steps.subspan(1), values}; }
  };

  std::optional<std::vector<std::string_view>> split(std::string_view key, std::string& unclosed);
  bool merge(Node& node, const Source& source);
  bool merge_text(Node& node, const std::string& text);
  bool merge_list(Node& list, const Source& source);
  bool merge_member(Node& object, std::string_view name, const Source& value);
  bool put_before(Node& text, const Source& source);
  void build(Node& node, const Source& source);

  static Node& append(Node& list);
  static Node* find_place(Node& list, std::uint32_t place);
  static Node& put_place(Node& list, std::uint32_t place);
  static Node* find_name(Node& object, std::string_view name);
  static Node& put_name(Node& object, std::string_view name);
  static void wrap_as_list(Node& node);
  static void turn_into_object(Node& list);
  static json::value to_value(const Node& node, const json::storage_ptr& storage);

  const QueryStringLimits& limits_;
  Node root_;
};

// Whether a plain JavaScript object has this key before anybody sets it.
bool is_inherited_key(std::string_view key);
// "0", "17"; not "017", "-1" or "1e3". Numbers beyond 32 bits give the greatest one.
std::optional<std::uint32_t> to_list_place(std::string_view text);

}  // namespace gantry::wire
