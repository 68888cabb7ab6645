#pragma once
// Field tables: a struct says once, in `static constexpr auto fields()`, which members it has
// under which wire names with which rules; decoding, validation, encoding and the schema follow.
//
//   struct Rename {
//     std::string name;
//     static constexpr auto fields() {
//       return std::tuple{field("name", &Rename::name, "the new name").max_length(120)};
//     }
//   };
//
// A member is required unless it is an optional or says with_default(). A struct may also have
// `static constexpr auto kUnknownKeys = UnknownKeys::Refused;`, a `kMinProperties`, a `kRequired`
// (names of optional members that a derived shape demands) and a `kTitle` for OpenAPI.

#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "wire/schema.h"

namespace gantry::wire {

template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::*member;
  std::string_view words;
  bool defaulted = false;
  bool may_be_null = false;
  std::size_t min_length_ = 0;
  std::size_t max_length_ = 0;  // 0: no limit
  std::string_view pattern_{};
  std::array<std::string_view, 10> values_{};

  constexpr Field with_default() const { return with(&Field::defaulted, true); }
  constexpr Field nullable() const { return with(&Field::may_be_null, true); }
  constexpr Field min_length(std::size_t count) const { return with(&Field::min_length_, count); }
  constexpr Field max_length(std::size_t count) const { return with(&Field::max_length_, count); }
  // The text must hold this literal somewhere.
  constexpr Field pattern(std::string_view text) const { return with(&Field::pattern_, text); }
  constexpr Field one_of(std::array<std::string_view, 10> values) const {
    return with(&Field::values_, values);
  }

 private:
  template <class T>
  constexpr Field with(T Field::*part, T value) const {
    Field copy = *this;
    copy.*part = value;
    return copy;
  }
};

template <class Owner, class Member>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::*member,
                                     std::string_view words = {}) {
  return {name, member, words};
}

// One of several request shapes; decoding takes the branch that fits.
template <class... Ts>
struct OneOf {
  std::variant<Ts...> value;
};

// JSON text made before; encoded as it is.
template <class T>
concept HasFields = requires {
  T::fields();
};

// The table of a struct, made when the program is built.
template <HasFields T>
inline constexpr auto kFieldTable = T::fields();

template <class T>
Schema schema_of();

namespace detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
struct SchemaFor;

template <>
struct SchemaFor<std::string> {
  static Schema make() { return {.type = Schema::Type::String}; }
};
template <class Tag>
struct SchemaFor<Id<Tag>> {
  static Schema make() { return {.type = Schema::Type::String}; }
};
template <>
struct SchemaFor<Time> {
  static Schema make() { return {.type = Schema::Type::String, .format = "date-time"}; }
};
template <>
struct SchemaFor<bool> {
  static Schema make() { return {.type = Schema::Type::Boolean}; }
};
template <>
struct SchemaFor<std::int64_t> {
  static Schema make() { return {.type = Schema::Type::Integer}; }
};
template <>
struct SchemaFor<double> {
  static Schema make() { return {.type = Schema::Type::Number}; }
};
template <>
struct SchemaFor<json::value> {
  static Schema make() { return {}; }
};
template <>
struct SchemaFor<json::object> {
  static Schema make() { return {.type = Schema::Type::Object}; }
};
template <>
struct SchemaFor<json::array> {
  static Schema make() { return {.type = Schema::Type::Array}; }
};
template <class T>
struct SchemaFor<std::optional<T>> {
  static Schema make() { return SchemaFor<T>::make(); }
};
template <class T>
struct SchemaFor<std::vector<T>> {
  static Schema make() { return {.type = Schema::Type::Array, .items = {SchemaFor<T>::make()}}; }
};
template <HasFields T>
struct SchemaFor<T> {
  static Schema make() {
    Schema schema{.type = Schema::Type::Object};
    if constexpr (requires { T::kTitle; }) schema.title = T::kTitle;
    if constexpr (requires { T::kUnknownKeys; }) schema.unknown_keys = T::kUnknownKeys;
    if constexpr (requires { T::kMinProperties; }) schema.min_properties = T::kMinProperties;
    std::apply([&](const auto&... fields) { (add(schema, fields), ...); }, kFieldTable<T>);
    if constexpr (requires { T::kRequired; }) {
      for (Property& property : schema.properties) {
        for (std::string_view name : T::kRequired) {
          if (property.name == name) property.required = true;
        }
      }
    }
    return schema;
  }

 private:
  template <class Owner, class Member>
  static void add(Schema& schema, const Field<Owner, Member>& field) {
    Schema inner = SchemaFor<Member>::make();
    inner.words = field.words;
    inner.nullable = field.may_be_null;
    Schema& limited =
        inner.type == Schema::Type::Array && !inner.items.empty() ? inner.items.front() : inner;
    if (field.min_length_ != 0) limited.min_length = field.min_length_;
    if (field.max_length_ != 0) limited.max_length = field.max_length_;
    limited.pattern = field.pattern_;
    for (std::string_view value : field.values_) {
      if (!value.empty()) limited.one_of_values.emplace_back(value);
    }
    const bool required = !IsOptional<Member>::value && !field.defaulted;
    schema.properties.push_back({std::string(field.name), required, {std::move(inner)}});
  }
};
template <class... Ts>
struct SchemaFor<OneOf<Ts...>> {
  static Schema make() {
    return {.type = Schema::Type::OneOf, .branches = {SchemaFor<Ts>::make()...}};
  }
};

// Reading takes values that were validated and coerced against the schema.
inline void read(json::value& from, std::string& to) {
  if (from.is_string()) to = from.get_string();
}
template <class Tag>
void read(json::value& from, Id<Tag>& to) {
  read(from, to.text);
}
inline void read(json::value& from, Time& to) {
  if (from.is_string()) to = from_iso(from.get_string()).value_or(Time{});
}
inline void read(json::value& from, bool& to) {
  if (from.is_bool()) to = from.get_bool();
}
inline void read(json::value& from, std::int64_t& to) {
  if (from.is_int64()) to = from.get_int64();
  if (from.is_uint64()) to = INT64_MAX;
  // Whole numbers may be written with a fraction or an exponent; beyond the range they saturate.
  if (from.is_double()) {
    const double number = from.get_double();
    to = number >= 9.2e18    ? INT64_MAX
         : number <= -9.2e18 ? INT64_MIN
                             : static_cast<std::int64_t>(number);
  }
}
inline void read(json::value& from, double& to) {
  if (from.is_number()) to = from.to_number<double>();
}
inline void read(json::value& from, json::value& to) {
  to = std::move(from);
}
inline void read(json::value& from, json::object& to) {
  if (from.is_object()) to = std::move(from.get_object());
}
inline void read(json::value& from, json::array& to) {
  if (from.is_array()) to = std::move(from.get_array());
}
template <HasFields T>
void read(json::value& from, T& to);
template <class T>
void read(json::value& from, std::optional<T>& to);
template <class T>
void read(json::value& from, std::vector<T>& to) {
  if (!from.is_array()) return;
  for (json::value& item : from.get_array()) read(item, to.emplace_back());
}
template <class T>
void read(json::value& from, std::optional<T>& to) {
  if (!from.is_null()) read(from, to.emplace());
}
template <HasFields T>
void read(json::value& from, T& to) {
  if (!from.is_object()) return;
  json::object& object = from.get_object();
  std::apply(
      [&](const auto&... fields) {
        [[maybe_unused]] const auto one = [&](const auto& field) {
          if (json::value* member = object.if_contains(field.name)) read(*member, to.*field.member);
        };
        (one(fields), ...);
      },
      kFieldTable<T>);
}
template <class First, class... Rest, class... Ts>
void read_branch(json::value& from, std::variant<Ts...>& to) {
  if constexpr (sizeof...(Rest) > 0) {
    json::value copy = from;
    if (validate(schema_of<First>(), copy, Coercion::Scalars))
      return read_branch<Rest...>(from, to);
  }
  read(from, to.template emplace<First>());
}
template <class... Ts>
void read(json::value& from, OneOf<Ts...>& to) {
  read_branch<Ts...>(from, to.value);
}

inline json::value write(const std::string& value) {
  return json::value(value);
}
template <class Tag>
json::value write(const Id<Tag>& value) {
  return json::value(value.text);
}
inline json::value write(Time value) {
  return json::value(to_iso(value));
}
inline json::value write(bool value) {
  return value;
}
inline json::value write(std::int64_t value) {
  return value;
}
inline json::value write(double value) {
  return value;
}
inline json::value write(const json::value& value) {
  return value;
}
inline json::value write(const json::object& value) {
  return value;
}
inline json::value write(const json::array& value) {
  return value;
}
template <HasFields T>
json::value write(const T& value);
template <class T>
json::value write(const std::vector<T>& list) {
  json::array out;
  out.reserve(list.size());
  for (const T& item : list) out.push_back(write(item));
  return out;
}
template <HasFields T>
json::value write(const T& value) {
  json::object out;
  [[maybe_unused]] const auto one = [&](const auto& field) {
    const auto& member = value.*field.member;
    if constexpr (IsOptional<std::remove_cvref_t<decltype(member)>>::value) {
      if (member) out[field.name] = write(*member);
    } else {
      out[field.name] = write(member);
    }
  };
  std::apply([&](const auto&... fields) { (one(fields), ...); }, kFieldTable<T>);
  return out;
}

}  // namespace detail

template <class T>
Schema schema_of() {
  return detail::SchemaFor<T>::make();
}

// The schema, made once.
template <class T>
const Schema& shared_schema_of() {
  static const Schema kSchema = schema_of<T>();
  return kSchema;
}

// Takes a value that validate() accepted.
template <class T>
T from_json(json::value value) {
  T out;
  detail::read(value, out);
  return out;
}

template <HasFields T>
json::object to_json(const T& value) {
  return std::move(detail::write(value).as_object());
}

}  // namespace gantry::wire
