#define OPENSSL_SUPPRESS_DEPRECATED  // see sha256
#include "base/crypto.h"

#include <array>
#include <memory>
#include <stdexcept>

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

namespace gantry {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::string hmac(const EVP_MD* hash, std::string_view key, std::string_view data) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  HMAC(hash, key.data(), static_cast<int>(key.size()), bytes_of(data), data.size(), bytes_of(out),
       &length);
  out.resize(length);
  return out;
}

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;
constexpr std::size_t kDigestBase64Bytes = (SHA256_DIGEST_LENGTH + 2) / 3 * 4;

Digest digest_of(std::string_view data) {
  // The older functions: the newer ones look the algorithm up and take memory, each time, which
  // costs more than the hash of a token.
  Digest out{};
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, data.data(), data.size());
  SHA256_Final(out.data(), &context);
  OPENSSL_cleanse(&context, sizeof context);
  return out;
}

using KeyPointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

KeyPointer ed25519_key(std::string_view key) {
  KeyPointer pair(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(key), key.size()),
      EVP_PKEY_free);
  if (!pair) throw std::runtime_error("ed25519 is not available");
  return pair;
}

}  // namespace

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(bytes_of(out), static_cast<int>(count)) != 1) {
    throw std::runtime_error("the system gives no random bytes");
  }
  return out;
}

std::string sha256(std::string_view data) {
  const Digest digest = digest_of(data);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string sha256_base64(std::string_view data) {
  const Digest digest = digest_of(data);
  std::string out(kDigestBase64Bytes, '\0');
  EVP_EncodeBlock(bytes_of(out), digest.data(), static_cast<int>(digest.size()));
  return out;
}

std::string sha256_hex(std::string_view data) {
  return hex_encode(sha256(data));
}

std::string hmac_sha1(std::string_view key, std::string_view data) {
  return hmac(EVP_sha1(), key, data);
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  return hmac(EVP_sha256(), key, data);
}

std::string hmac_sha512(std::string_view key, std::string_view data) {
  return hmac(EVP_sha512(), key, data);
}

std::string hex_encode(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char c : bytes) {
    out += kDigits[c >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

std::string base64_encode(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(bytes_of(out), bytes_of(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string base64url_encode(std::string_view bytes) {
  std::string out = base64_encode(bytes);
  for (char& c : out) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  while (!out.empty() && out.back() == '=') out.pop_back();
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string padded(text);
  while (!padded.empty() && padded.back() == '=') padded.pop_back();
  const std::size_t size = padded.size() * 3 / 4;
  if (text.size() > padded.size() + 2 || padded.size() % 4 == 1) return std::nullopt;
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (padded.find_first_not_of(kAlphabet) != std::string::npos) return std::nullopt;
  padded.resize((padded.size() + 3) / 4 * 4, '=');
  std::string out(padded.size() / 4 * 3 + 1, '\0');
  if (EVP_DecodeBlock(bytes_of(out), bytes_of(padded), static_cast<int>(padded.size())) < 0) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string ed25519_public_key(std::string_view key) {
  const KeyPointer pair = ed25519_key(key);
  std::string out(kEd25519KeyBytes, '\0');
  std::size_t length = out.size();
  if (EVP_PKEY_get_raw_public_key(pair.get(), bytes_of(out), &length) != 1) {
    throw std::runtime_error("ed25519 is not available");
  }
  return out;
}

std::string ed25519_sign(std::string_view key, std::string_view data) {
  const KeyPointer pair = ed25519_key(key);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::string out(2 * kEd25519KeyBytes, '\0');
  std::size_t length = out.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pair.get()) != 1 ||
      EVP_DigestSign(context.get(), bytes_of(out), &length, bytes_of(data), data.size()) != 1) {
    throw std::runtime_error("ed25519 failed");
  }
  return out;
}

bool ed25519_verifies(std::string_view public_key, std::string_view data,
                      std::string_view signature) {
  const KeyPointer key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key),
                                                   public_key.size()),
                       EVP_PKEY_free);
  if (!key) return false;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(data),
                          data.size()) == 1;
}

std::string bcrypt_hash(std::string_view password, unsigned cost) {
  const std::string seed = random_bytes(16);
  char salt[CRYPT_GENSALT_OUTPUT_SIZE];
  if (crypt_gensalt_rn("$2b$", cost, seed.data(), static_cast<int>(seed.size()), salt,
                       sizeof salt) == nullptr) {
    throw std::runtime_error("bcrypt is not available");
  }
  auto data = std::make_unique<crypt_data>();
  const char* hash = crypt_rn(std::string(password).c_str(), salt, data.get(), sizeof *data);
  if (hash == nullptr) throw std::runtime_error("bcrypt failed");
  return hash;
}

bool bcrypt_matches(std::string_view password, const std::string& hash) {
  auto data = std::make_unique<crypt_data>();
  const char* made =
      crypt_rn(std::string(password).c_str(), hash.c_str(), data.get(), sizeof *data);
  return made != nullptr && constant_time_equal(made, hash);
}

}  // namespace gantry
