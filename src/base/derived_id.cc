#include "base/derived_id.h"

#include "base/crypto.h"
#include "base/ids.h"

namespace gantry {

std::string derived_id(std::string_view text) {
  const std::string digest = sha256(text);
  std::string id;
  for (std::size_t i = 0; i < kIdLength; ++i) {
    id += kIdAlphabet[static_cast<unsigned char>(digest[i]) % kIdAlphabet.size()];
  }
  return id;
}

}  // namespace gantry
