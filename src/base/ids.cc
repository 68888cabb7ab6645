#include "base/ids.h"

#include "base/crypto.h"

namespace gantry {
namespace {

// Bytes are drawn in bulk: drawing costs much more than a byte.
constexpr std::size_t kDrawnBytes = 512;

unsigned char next_random_byte() {
  thread_local std::string drawn;
  if (drawn.empty()) drawn = random_bytes(kDrawnBytes);
  const auto byte = static_cast<unsigned char>(drawn.back());
  drawn.pop_back();
  return byte;
}

}  // namespace

std::string random_id(std::size_t length) {
  std::string out;
  out.reserve(length);
  // Bytes at or above the largest multiple of 55 are dropped, so that every symbol is equally
  // likely.
  constexpr unsigned kLimit = 256 - 256 % kIdAlphabet.size();
  while (out.size() < length) {
    const unsigned char byte = next_random_byte();
    if (byte < kLimit) out += kIdAlphabet[byte % kIdAlphabet.size()];
  }
  return out;
}

std::string id_time_part(Time time) {
  std::string out(kIdTimeLength, kIdAlphabet.front());
  auto rest = static_cast<std::uint64_t>(to_epoch_ms(time));
  for (std::size_t i = kIdTimeLength; i-- > 0; rest /= kIdAlphabet.size()) {
    out[i] = kIdAlphabet[rest % kIdAlphabet.size()];
  }
  return out;
}

std::string ordered_id(Time now) {
  return id_time_part(now) + random_id(kIdLength - kIdTimeLength);
}

std::string random_secret() {
  return base64url_encode(random_bytes(32));
}

}  // namespace gantry
