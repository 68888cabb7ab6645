#pragma once
// Query strings straight into request structs, where all fields are text or open values without
// rules: such a struct takes whatever plain parameters say, so nothing needs a JSON value and a
// schema. Everything else goes the long way (dispatch/decode.h), with the same outcome.

#include "wire/fields.h"
#include "wire/query_string.h"

namespace gantry::wire {
namespace detail {

template <class Member>
inline constexpr bool kTakesText =
    std::is_same_v<Member, std::string> || std::is_same_v<Member, json::value> ||
    std::is_same_v<Member, std::optional<std::string>> ||
    std::is_same_v<Member, std::optional<json::value>>;

template <class Owner, class Member>
constexpr bool takes_any_text(const Field<Owner, Member>& field) {
  return kTakesText<Member> && (IsOptional<Member>::value || field.defaulted) &&
         !field.may_be_null && field.min_length_ == 0 && field.max_length_ == 0 &&
         field.pattern_.empty() && field.values_.front().empty();
}

// Rules about the request as a whole.
template <class T>
concept HasRules = requires {
  T::kUnknownKeys;
}
|| requires {
  T::kMinProperties;
}
|| requires {
  T::kRequired;
};

template <class T>
constexpr bool reads_plainly() {
  if constexpr (HasFields<T> && !HasRules<T>) {
    return std::apply([](const auto&... fields) { return (takes_any_text(fields) && ...); },
                      kFieldTable<T>);
  } else {
    return false;
  }
}

inline void put_text(std::string_view text, std::string& to) {
  to = text;
}
inline void put_text(std::string_view text, json::value& to) {
  to = text;
}
template <class T>
void put_text(std::string_view text, std::optional<T>& to) {
  put_text(text, to.emplace());
}

}  // namespace detail

template <class T>
inline constexpr bool kReadsPlainly = detail::reads_plainly<T>();

// False when the query string is not that plain; `out` is then half filled.
template <class T>
bool read_plain_query(std::string_view raw, T& out) {
  std::uint64_t seen = 0;
  PlainParameters parameters(raw);
  for (;;) {
    const PlainParameters::Step step = parameters.next();
    if (step != PlainParameters::Step::Pair) return step == PlainParameters::Step::End;
    std::uint64_t bit = 1;
    bool twice = false;
    [[maybe_unused]] const auto one = [&](const auto& field) {
      if (field.name == parameters.key()) {
        twice = (seen & bit) != 0;
        seen |= bit;
        detail::put_text(parameters.value(), out.*field.member);
        return true;
      }
      bit <<= 1U;
      return false;
    };
    std::apply([&](const auto&... fields) { return (one(fields) || ...); }, kFieldTable<T>);
    // A name that occurs twice stands for a list.
    if (twice) return false;
  }
}

}  // namespace gantry::wire
