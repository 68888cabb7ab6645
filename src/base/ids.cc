#include "base/ids.h"

#include "base/crypto.h"

namespace gantry {

std::string random_id(std::size_t length) {
  std::string out;
  out.reserve(length);
  // Bytes at or above the largest multiple of 55 are dropped, so that every symbol is equally
  // likely.
  constexpr unsigned kLimit = 256 - 256 % kIdAlphabet.size();
  while (out.size() < length) {
    for (unsigned char byte : random_bytes(length + 8)) {
      if (byte < kLimit && out.size() < length) out += kIdAlphabet[byte % kIdAlphabet.size()];
    }
  }
  return out;
}

std::string random_secret() {
  return base64url_encode(random_bytes(32));
}

}  // namespace gantry
