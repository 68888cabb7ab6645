#pragma once
// Decimal numbers at the end of a text, without a format to read.

#include <concepts>
#include <string>

#include <fmt/format.h>

namespace gantry {

template <std::integral Number>
void append_number(std::string& out, Number number) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

}  // namespace gantry
