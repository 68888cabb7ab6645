#pragma once
// How an incoming webhook tells that a call comes from whom it should: the signature schemes of
// well-known senders. Secrets are compared in constant time; where a scheme has a timestamp, calls
// outside the window are refused. Sources: Standard Webhooks, and the documentation of GitHub,
// GitLab, Stripe and Slack on securing webhooks.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace gantry::domain {

enum class VerificationPreset { None, StandardWebhooks, GitHub, GitLab, Stripe, Slack, Hmac };

std::optional<VerificationPreset> find_verification_preset(std::string_view name);
std::string_view to_text(VerificationPreset preset);

// While one secret is replaced by another, both are accepted.
inline constexpr std::size_t kVerificationSecretsMax = 2;
inline constexpr std::int64_t kToleranceSecondsDefault = 300;
inline constexpr std::int64_t kToleranceSecondsMax = 3600;

struct CallVerification {
  VerificationPreset preset = VerificationPreset::None;
  std::vector<std::string> secrets;
  std::int64_t tolerance_seconds = kToleranceSecondsDefault;
  std::string header;     // of preset Hmac, like the two below
  std::string algorithm;  // sha1, sha256, sha512
  std::string encoding;   // hex, base64

  bool wanted() const { return preset != VerificationPreset::None; }
};

// Fills in what is absent. Errors: InvalidVerification.
Result<CallVerification> check_verification(CallVerification given);

// The value of a header by its lower-case name; empty when absent.
using FindHeader = std::function<std::string_view(std::string_view)>;

// Errors: SignatureMissing, SignatureWrong, SignatureTooOld.
Result<void> verify_call(const CallVerification& verification, const FindHeader& header,
                         std::string_view body, Time now);

}  // namespace gantry::domain
