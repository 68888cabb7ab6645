#include "base/text_hash.h"

#include <cstring>

#include "base/crypto.h"

namespace gantry {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kStir = 0x9E3779B97F4A7C15ULL;

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t eight_bytes(const char* at) {
  std::uint64_t out = 0;
  std::memcpy(&out, at, sizeof out);
  return out;
}

std::uint64_t drawn_number() {
  std::uint64_t out = 0;
  std::memcpy(&out, random_bytes(sizeof out).data(), sizeof out);
  return out | 1U;
}

}  // namespace

std::uint64_t text_hash(std::string_view text) {
  static const std::uint64_t drawn = drawn_number();
  std::uint64_t hash = drawn ^ (text.size() * kStir);
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 16; left -= 16, at += 16) {
    hash = fold(eight_bytes(at) ^ hash, eight_bytes(at + 8) ^ drawn ^ kStir);
  }
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  if (left > 8) {
    first = eight_bytes(at);
    std::memcpy(&second, at + 8, left - 8);
  } else if (left > 0) {
    std::memcpy(&first, at, left);
  }
  return fold(first ^ hash, second ^ drawn ^ kStir);
}

}  // namespace gantry
