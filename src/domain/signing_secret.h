#pragma once
// Secrets that sign webhook deliveries, in the forms of Standard Webhooks: `whsec_` and 24 to 64
// bytes in base64 for HMAC-SHA256 (scheme v1), `whsk_` and an ed25519 key (its 32 bytes, or 64 with
// the public half) for scheme v1a. Thread safe.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace gantry::domain {

// While one is replaced by another, both sign.
inline constexpr std::size_t kSigningSecretsMax = 2;

class SigningSecret {
 public:
  // Errors: InvalidSigningSecret.
  static Result<SigningSecret> parse(std::string_view text);

  // "v1,<base64>" or "v1a,<base64>".
  std::string sign(std::string_view content) const;
  // What may be shown: {"type":"v1","hint":"whsec_...wxyz"} or
  // {"type":"v1a","publicKey":"whpk_..."}.
  json::object describe() const;

 private:
  enum class Scheme { Hmac, Ed25519 };
  SigningSecret(Scheme scheme, std::string key, std::string hint)
      : scheme_(scheme), key_(std::move(key)), hint_(std::move(hint)) {}

  Scheme scheme_;
  std::string key_;
  std::string hint_;
};

// The content that is signed: id, seconds and body, joined by dots.
std::string signed_content(std::string_view id, Time at, std::string_view body);

}  // namespace gantry::domain
