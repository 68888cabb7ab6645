#include "wire/value_order.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace gantry::wire {
namespace {

template <class Integer>
std::weak_ordering compare_integer(Integer a, double b) {
  // The bounds are powers of two, which a double holds exactly.
  constexpr double kBeyond = std::is_signed_v<Integer> ? 0x1p63 : 0x1p64;
  constexpr double kLeast = std::is_signed_v<Integer> ? -0x1p63 : 0.0;
  if (b >= kBeyond) return std::weak_ordering::less;
  if (!(b >= kLeast)) return std::weak_ordering::greater;
  const double whole = std::trunc(b);
  if (const auto order = a <=> static_cast<Integer>(whole); order != 0) return order;
  return b > whole   ? std::weak_ordering::less
         : b < whole ? std::weak_ordering::greater
                     : std::weak_ordering::equivalent;
}

std::weak_ordering compare_integers(const json::value& a, const json::value& b) {
  if (a.is_int64() && b.is_int64()) return a.get_int64() <=> b.get_int64();
  if (a.is_uint64() && b.is_uint64()) return a.get_uint64() <=> b.get_uint64();
  if (a.is_int64()) {
    return std::cmp_less(a.get_int64(), b.get_uint64())    ? std::weak_ordering::less
           : std::cmp_equal(a.get_int64(), b.get_uint64()) ? std::weak_ordering::equivalent
                                                           : std::weak_ordering::greater;
  }
  return 0 <=> compare_integers(b, a);
}

std::weak_ordering compare_numbers(const json::value& a, const json::value& b) {
  if (a.is_double() && b.is_double()) {
    return a.get_double() < b.get_double()   ? std::weak_ordering::less
           : a.get_double() > b.get_double() ? std::weak_ordering::greater
                                             : std::weak_ordering::equivalent;
  }
  if (a.is_double()) return 0 <=> compare_numbers(b, a);
  if (!b.is_double()) return compare_integers(a, b);
  return a.is_int64() ? compare_integer(a.get_int64(), b.get_double())
                      : compare_integer(a.get_uint64(), b.get_double());
}

std::weak_ordering compare_arrays(const json::array& a, const json::array& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const auto order = compare_values(a[i], b[i]); order != 0) return order;
  }
  return a.size() <=> b.size();
}

std::weak_ordering compare_objects(const json::object& a, const json::object& b) {
  auto left = a.begin();
  auto right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right) {
    if (const auto order = rank_of(left->value()) <=> rank_of(right->value()); order != 0) {
      return order;
    }
    const std::string_view name = left->key();
    if (const auto order = name <=> std::string_view(right->key()); order != 0) return order;
    if (const auto order = compare_values(left->value(), right->value()); order != 0) return order;
  }
  return a.size() <=> b.size();
}

}  // namespace

TypeRank rank_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return TypeRank::Null;
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return TypeRank::Number;
    case json::kind::string:
      return TypeRank::Text;
    case json::kind::object:
      return TypeRank::Object;
    case json::kind::array:
      return TypeRank::Array;
    case json::kind::bool_:
      return TypeRank::Boolean;
  }
  return TypeRank::Null;
}

std::weak_ordering compare_values(const json::value* a, const json::value* b) {
  const TypeRank rank = a == nullptr ? TypeRank::Null : rank_of(*a);
  const TypeRank other = b == nullptr ? TypeRank::Null : rank_of(*b);
  if (rank != other) return rank <=> other;
  switch (rank) {
    case TypeRank::Null:
      return std::weak_ordering::equivalent;
    case TypeRank::Number:
      return compare_numbers(*a, *b);
    case TypeRank::Text:
      return std::string_view(a->get_string()) <=> std::string_view(b->get_string());
    case TypeRank::Object:
      return compare_objects(a->get_object(), b->get_object());
    case TypeRank::Array:
      return compare_arrays(a->get_array(), b->get_array());
    case TypeRank::Boolean:
      return a->get_bool() <=> b->get_bool();
  }
  return std::weak_ordering::equivalent;
}

}  // namespace gantry::wire
