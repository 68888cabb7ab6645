#include "domain/user.h"

#include <algorithm>

#include "base/crypto.h"

namespace gantry::domain {

bool User::has_role(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::string hash_token(std::string_view token) {
  return sha256_base64(token);
}

}  // namespace gantry::domain
