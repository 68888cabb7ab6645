#pragma once
// Hashes, encodings and random bytes over OpenSSL and libxcrypt. All functions are thread safe.
// bcrypt_* take about 50 ms of CPU at cost 10: call them on the ComputePool only.

#include <optional>
#include <string>
#include <string_view>

namespace gantry {

std::string random_bytes(std::size_t count);
std::string sha256(std::string_view data);  // 32 raw bytes
std::string sha256_hex(std::string_view data);
std::string sha256_base64(std::string_view data);                      // standard alphabet, padded
std::string hmac_sha1(std::string_view key, std::string_view data);    // 20 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view data);  // 32 raw bytes
std::string hmac_sha512(std::string_view key, std::string_view data);  // 64 raw bytes
std::string hex_encode(std::string_view bytes);
std::string base64_encode(std::string_view bytes);     // standard alphabet, padded
std::string base64url_encode(std::string_view bytes);  // URL alphabet, not padded
// Standard alphabet, padded or not; nothing when it is anything else.
std::optional<std::string> base64_decode(std::string_view text);
bool constant_time_equal(std::string_view a, std::string_view b);

inline constexpr std::size_t kEd25519KeyBytes = 32;
// `key` is the private key's 32 bytes.
std::string ed25519_public_key(std::string_view key);                   // 32 raw bytes
std::string ed25519_sign(std::string_view key, std::string_view data);  // 64 raw bytes
// False also for a key or signature of another length.
bool ed25519_verifies(std::string_view public_key, std::string_view data,
                      std::string_view signature);

std::string bcrypt_hash(std::string_view password, unsigned cost);
bool bcrypt_matches(std::string_view password, const std::string& hash);

}  // namespace gantry
