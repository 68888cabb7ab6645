#pragma once
// SHA-256 of bytes that come piece by piece. Used by one thread at a time.

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace gantry {

class RunningSha256 {
 public:
  RunningSha256();

  void update(std::string_view bytes);
  // Of all that came; nothing may come after it.
  std::string hex();

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace gantry
