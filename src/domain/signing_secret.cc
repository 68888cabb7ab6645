#include "domain/signing_secret.h"

#include "base/crypto.h"
#include "domain/error_codes.h"

namespace gantry::domain {
namespace {

constexpr std::string_view kHmacPrefix = "whsec_";
constexpr std::string_view kPrivatePrefix = "whsk_";
constexpr std::string_view kPublicPrefix = "whpk_";
constexpr std::size_t kHmacBytesMin = 24;
constexpr std::size_t kHmacBytesMax = 64;
constexpr std::size_t kHintLength = 4;

}  // namespace

Result<SigningSecret> SigningSecret::parse(std::string_view text) {
  const bool hmac = text.starts_with(kHmacPrefix);
  if (!hmac && !text.starts_with(kPrivatePrefix)) return ErrorCode::InvalidSigningSecret;
  const std::string_view encoded = text.substr(hmac ? kHmacPrefix.size() : kPrivatePrefix.size());
  auto key = base64_decode(encoded);
  if (!key) return ErrorCode::InvalidSigningSecret;
  if (hmac) {
    if (key->size() < kHmacBytesMin || key->size() > kHmacBytesMax) {
      return ErrorCode::InvalidSigningSecret;
    }
    return SigningSecret(Scheme::Hmac, *std::move(key),
                         std::string(text.substr(text.size() - kHintLength)));
  }
  if (key->size() == 2 * kEd25519KeyBytes) {
    const std::string_view public_half = std::string_view(*key).substr(kEd25519KeyBytes);
    const std::string seed = key->substr(0, kEd25519KeyBytes);
    if (ed25519_public_key(seed) != public_half) return ErrorCode::InvalidSigningSecret;
    key->resize(kEd25519KeyBytes);
  }
  if (key->size() != kEd25519KeyBytes) return ErrorCode::InvalidSigningSecret;
  return SigningSecret(Scheme::Ed25519, *std::move(key), {});
}

std::string SigningSecret::sign(std::string_view content) const {
  if (scheme_ == Scheme::Hmac) return "v1," + base64_encode(hmac_sha256(key_, content));
  return "v1a," + base64_encode(ed25519_sign(key_, content));
}

json::object SigningSecret::describe() const {
  if (scheme_ == Scheme::Hmac) {
    return {{"type", "v1"}, {"hint", std::string(kHmacPrefix) + "..." + hint_}};
  }
  return {{"type", "v1a"},
          {"publicKey", std::string(kPublicPrefix) + base64_encode(ed25519_public_key(key_))}};
}

std::string signed_content(std::string_view id, Time at, std::string_view body) {
  std::string out(id);
  out += '.';
  out += std::to_string(to_epoch_ms(at) / 1000);
  out += '.';
  out += body;
  return out;
}

}  // namespace gantry::domain
