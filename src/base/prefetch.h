#pragma once
// Asks for memory that will be read soon, so that several waits for it pass at the same time. Costs
// little where the memory is near already; an address that is not there does no harm.

#include <cstddef>
#include <string_view>

namespace gantry {

inline void prefetch(const void* address) {
  __builtin_prefetch(address);
}

// The first lines of a text; the processor fetches what follows them by itself.
inline void prefetch(std::string_view text) {
  constexpr std::size_t kLineBytes = 64;
  constexpr std::size_t kBytesMax = 2048;
  const std::size_t bytes = text.size() < kBytesMax ? text.size() : kBytesMax;
  for (std::size_t at = 0; at < bytes; at += kLineBytes) prefetch(text.data() + at);
}

}  // namespace gantry
