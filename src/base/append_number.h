#pragma once
// Numbers in digits at the end of a text, without a format to read.

#include <charconv>
#include <concepts>
#include <limits>
#include <string>

namespace gantry {

// `base` from 10 to 36.
template <std::integral Number>
void append_number(std::string& out, Number number, int base = 10) {
  char digits[std::numeric_limits<Number>::digits10 + 2];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

}  // namespace gantry
