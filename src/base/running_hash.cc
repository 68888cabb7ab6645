#include "base/running_hash.h"

#include <stdexcept>

#include "base/crypto.h"

namespace gantry {

RunningSha256::RunningSha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
}

void RunningSha256::update(std::string_view bytes) {
  if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
}

std::string RunningSha256::hex() {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  if (EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out.data()), &length) !=
      1) {
    throw std::runtime_error("SHA-256 failed");
  }
  out.resize(length);
  return hex_encode(out);
}

}  // namespace gantry
