#pragma once
// Typed ids: never bare strings, so that a room id cannot be passed where a user id is meant.
// Ids are opaque text; those made here have 17 characters of kIdAlphabet.

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace gantry {

template <class Tag>
struct Id {
  std::string text;

  Id() = default;
  explicit Id(std::string value) : text(std::move(value)) {}
  explicit Id(std::string_view value) : text(value) {}
  explicit Id(const char* value) : text(value) {}

  bool empty() const { return text.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
  friend bool operator==(const Id&, const Id&) = default;
};

// 55 symbols that cannot be mistaken for each other.
inline constexpr std::string_view kIdAlphabet =
    "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";
inline constexpr std::size_t kIdLength = 17;

// Cryptographically random, thread safe.
std::string random_id(std::size_t length = kIdLength);
// The time in the first kIdTimeLength symbols, chance in the others: ids made one after another
// sort that way, so that rows under them are stored side by side.
std::string ordered_id(Time now);
inline constexpr std::size_t kIdTimeLength = 8;
// What ids of that time begin with.
std::string id_time_part(Time time);
// 43 characters of A-Z a-z 0-9 - _, 256 random bits.
std::string random_secret();

template <class T>
T new_id() {
  return T{random_id()};
}

template <class T>
T new_ordered_id(Time now) {
  return T{ordered_id(now)};
}

}  // namespace gantry

template <class Tag>
struct std::hash<gantry::Id<Tag>> {
  std::size_t operator()(const gantry::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.text);
  }
};
