#pragma once
// The hash of the server's own tables. It begins with a number drawn once a process, so that nobody
// can choose texts that meet in one place.

#include <cstdint>
#include <string_view>

namespace gantry {

std::uint64_t text_hash(std::string_view text);

// For keys that are numbers already.
constexpr std::uint64_t number_hash(std::uint64_t number) {
  number = (number ^ (number >> 32U)) * 0xD6E8FEB86659FD93ULL;
  number = (number ^ (number >> 32U)) * 0xD6E8FEB86659FD93ULL;
  return number ^ (number >> 32U);
}

}  // namespace gantry
