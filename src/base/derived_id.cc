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

std::string derived_id_beside(std::string_view id, std::string_view text) {
  std::string out(id.substr(0, kIdTimeLength));
  return out + derived_id(text).substr(out.size());
}

}  // namespace gantry
