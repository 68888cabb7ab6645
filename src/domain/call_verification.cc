#include "domain/call_verification.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/crypto.h"
#include "domain/directory.h"
#include "domain/error_codes.h"
#include "domain/signing_secret.h"

namespace gantry::domain {
namespace {

constexpr std::pair<std::string_view, VerificationPreset> kPresets[] = {
    {"none", VerificationPreset::None},
    {"standard-webhooks", VerificationPreset::StandardWebhooks},
    {"github", VerificationPreset::GitHub},
    {"gitlab", VerificationPreset::GitLab},
    {"stripe", VerificationPreset::Stripe},
    {"slack", VerificationPreset::Slack},
    {"hmac", VerificationPreset::Hmac},
};
constexpr std::size_t kHeaderNameMax = 64;
constexpr std::size_t kSecretBytesMax = 512;
constexpr std::string_view kPublicPrefix = "whpk_";

Error invalid(std::string_view why) {
  return Error(ErrorCode::InvalidVerification, std::string(why));
}

Error missing(std::string_view header) {
  return Error(ErrorCode::SignatureMissing, fmt::format("The call lacks the header {}", header));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Result<void> check_time(std::string_view seconds, const CallVerification& verification, Time now) {
  std::int64_t sent = 0;
  const char* const end = seconds.data() + seconds.size();
  const auto [stop, error] = std::from_chars(seconds.data(), end, sent);
  if (error != std::errc{} || stop != end) return ErrorCode::SignatureWrong;
  // Apart: no overflow whatever was sent.
  const std::int64_t here = to_epoch_ms(now) / 1000;
  const bool fits = sent >= here - verification.tolerance_seconds &&
                    sent <= here + verification.tolerance_seconds;
  if (!fits) return ErrorCode::SignatureTooOld;
  return Done{};
}

// Every secret is tried, so that the time does not tell which one fits.
template <class Fits>
Result<void> any_secret(const CallVerification& verification, const Fits& fits) {
  bool found = false;
  for (const std::string& secret : verification.secrets) found |= fits(secret);
  if (!found) return ErrorCode::SignatureWrong;
  return Done{};
}

std::string mac(std::string_view algorithm, std::string_view key, std::string_view content) {
  if (algorithm == "sha1") return hmac_sha1(key, content);
  if (algorithm == "sha512") return hmac_sha512(key, content);
  return hmac_sha256(key, content);
}

bool standard_signature_fits(const std::string& secret, std::string_view content,
                             std::string_view signature) {
  if (secret.starts_with(kPublicPrefix)) {
    constexpr std::string_view kScheme = "v1a,";
    if (!signature.starts_with(kScheme)) return false;
    const auto key = base64_decode(std::string_view(secret).substr(kPublicPrefix.size()));
    const auto bytes = base64_decode(signature.substr(kScheme.size()));
    return key && bytes && ed25519_verifies(*key, content, *bytes);
  }
  const auto own = SigningSecret::parse(secret);
  return own && constant_time_equal(own->sign(content), signature);
}

Result<void> verify_standard(const CallVerification& verification, const FindHeader& header,
                             std::string_view body, Time now) {
  for (const std::string_view name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    if (header(name).empty()) return missing(name);
  }
  const std::string_view seconds = header("webhook-timestamp");
  TRY_DO(check_time(seconds, verification, now));
  const std::string content = fmt::format("{}.{}.{}", header("webhook-id"), seconds, body);
  const auto signatures = split(header("webhook-signature"), ' ');
  return any_secret(verification, [&](const std::string& secret) {
    return std::any_of(signatures.begin(), signatures.end(), [&](std::string_view signature) {
      return standard_signature_fits(secret, content, signature);
    });
  });
}

Result<void> verify_github(const CallVerification& verification, const FindHeader& header,
                           std::string_view body) {
  const std::string_view sent = header("x-hub-signature-256");
  if (sent.empty()) return missing("X-Hub-Signature-256");
  return any_secret(verification, [&](const std::string& secret) {
    return constant_time_equal("sha256=" + hex_encode(hmac_sha256(secret, body)), sent);
  });
}

Result<void> verify_gitlab(const CallVerification& verification, const FindHeader& header) {
  const std::string_view sent = header("x-gitlab-token");
  if (sent.empty()) return missing("X-Gitlab-Token");
  // The hashes have one length, so that the secret's own is not told.
  return any_secret(verification, [&](const std::string& secret) {
    return constant_time_equal(sha256(secret), sha256(sent));
  });
}

Result<void> verify_stripe(const CallVerification& verification, const FindHeader& header,
                           std::string_view body, Time now) {
  const std::string_view sent = header("stripe-signature");
  if (sent.empty()) return missing("Stripe-Signature");
  std::string_view seconds;
  std::vector<std::string_view> signatures;
  for (const std::string_view part : split(sent, ',')) {
    if (part.starts_with("t=")) seconds = part.substr(2);
    if (part.starts_with("v1=")) signatures.push_back(part.substr(3));
  }
  TRY_DO(check_time(seconds, verification, now));
  const std::string content = fmt::format("{}.{}", seconds, body);
  return any_secret(verification, [&](const std::string& secret) {
    const std::string wanted = hex_encode(hmac_sha256(secret, content));
    return std::any_of(signatures.begin(), signatures.end(), [&](std::string_view signature) {
      return constant_time_equal(wanted, signature);
    });
  });
}

Result<void> verify_slack(const CallVerification& verification, const FindHeader& header,
                          std::string_view body, Time now) {
  const std::string_view sent = header("x-slack-signature");
  const std::string_view seconds = header("x-slack-request-timestamp");
  if (sent.empty()) return missing("X-Slack-Signature");
  if (seconds.empty()) return missing("X-Slack-Request-Timestamp");
  TRY_DO(check_time(seconds, verification, now));
  const std::string content = fmt::format("v0:{}:{}", seconds, body);
  return any_secret(verification, [&](const std::string& secret) {
    return constant_time_equal("v0=" + hex_encode(hmac_sha256(secret, content)), sent);
  });
}

// The header may name the algorithm before its value, as "sha256=".
Result<void> verify_hmac(const CallVerification& verification, const FindHeader& header,
                         std::string_view body) {
  std::string_view sent = header(to_lower(verification.header));
  if (sent.empty()) return missing(verification.header);
  const std::string prefix = verification.algorithm + "=";
  if (sent.starts_with(prefix)) sent.remove_prefix(prefix.size());
  return any_secret(verification, [&](const std::string& secret) {
    const std::string wanted = mac(verification.algorithm, secret, body);
    if (verification.encoding == "base64") return constant_time_equal(base64_encode(wanted), sent);
    return constant_time_equal(hex_encode(wanted), to_lower(sent));
  });
}

bool is_header_name(std::string_view text) {
  return !text.empty() && text.size() <= kHeaderNameMax &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

bool is_standard_secret(const std::string& secret) {
  if (!secret.starts_with(kPublicPrefix)) {
    return secret.starts_with("whsec_") && SigningSecret::parse(secret);
  }
  const auto key = base64_decode(std::string_view(secret).substr(kPublicPrefix.size()));
  return key && key->size() == kEd25519KeyBytes;
}

}  // namespace

std::optional<VerificationPreset> find_verification_preset(std::string_view name) {
  for (const auto& [text, preset] : kPresets) {
    if (text == name) return preset;
  }
  return std::nullopt;
}

std::string_view to_text(VerificationPreset preset) {
  for (const auto& [text, one] : kPresets) {
    if (one == preset) return text;
  }
  return "";
}

Result<CallVerification> check_verification(CallVerification given) {
  if (!given.wanted()) return CallVerification{};
  if (given.secrets.empty() || given.secrets.size() > kVerificationSecretsMax) {
    return invalid("A verification needs one secret, or two during a rotation");
  }
  for (const std::string& secret : given.secrets) {
    if (secret.empty() || secret.size() > kSecretBytesMax) {
      return invalid("A secret of a verification has 1 to 512 characters");
    }
    if (given.preset == VerificationPreset::StandardWebhooks && !is_standard_secret(secret)) {
      return invalid(
          "A secret of Standard Webhooks is whsec_ and 24 to 64 bytes in base64, or whpk_ and an "
          "ed25519 key in base64");
    }
  }
  if (given.tolerance_seconds < 1 || given.tolerance_seconds > kToleranceSecondsMax) {
    return invalid("toleranceSeconds is 1 to 3600");
  }
  if (given.preset != VerificationPreset::Hmac) {
    given.header.clear();
    given.algorithm.clear();
    given.encoding.clear();
    return given;
  }
  if (!is_header_name(given.header)) return invalid("The preset hmac needs the name of a header");
  if (given.algorithm.empty()) given.algorithm = "sha256";
  if (given.encoding.empty()) given.encoding = "hex";
  constexpr std::array<std::string_view, 3> kAlgorithms{"sha1", "sha256", "sha512"};
  if (std::find(kAlgorithms.begin(), kAlgorithms.end(), given.algorithm) == kAlgorithms.end()) {
    return invalid("algorithm is sha1, sha256 or sha512");
  }
  if (given.encoding != "hex" && given.encoding != "base64") {
    return invalid("encoding is hex or base64");
  }
  return given;
}

Result<void> verify_call(const CallVerification& verification, const FindHeader& header,
                         std::string_view body, Time now) {
  switch (verification.preset) {
    case VerificationPreset::None:
      return Done{};
    case VerificationPreset::StandardWebhooks:
      return verify_standard(verification, header, body, now);
    case VerificationPreset::GitHub:
      return verify_github(verification, header, body);
    case VerificationPreset::GitLab:
      return verify_gitlab(verification, header);
    case VerificationPreset::Stripe:
      return verify_stripe(verification, header, body, now);
    case VerificationPreset::Slack:
      return verify_slack(verification, header, body, now);
    case VerificationPreset::Hmac:
      return verify_hmac(verification, header, body);
  }
  return ErrorCode::SignatureWrong;
}

}  // namespace gantry::domain
