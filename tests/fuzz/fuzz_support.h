#pragma once
// What the fuzzers have in common.

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace gantry::fuzz {

inline void require(bool condition) {
  if (!condition) std::abort();
}

inline std::string_view to_view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// The first line and the rest; without a line break everything is the rest.
inline std::pair<std::string_view, std::string_view> split_line(std::string_view input) {
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos) return {{}, input};
  return {input.substr(0, end), input.substr(end + 1)};
}

}  // namespace gantry::fuzz
