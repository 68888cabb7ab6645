// Signature headers of incoming calls: the first byte chooses the preset, each of the next three
// lines is the value of one of its headers, the rest is the body. Nobody without the secret gets
// in.

#include <array>
#include <string>
#include <tuple>

#include "domain/call_verification.h"
#include "fuzz_support.h"

namespace {

using gantry::domain::CallVerification;
using gantry::domain::VerificationPreset;

constexpr std::string_view kSecret = "whsec_Vf3q8m0dKc9LzXw1TnR5uYhJ2bGe7sPa";
// Whose other half nobody has.
constexpr std::string_view kPublicKey = "whpk_yWmkbKt6jusa3jP045epKpyScEFPE2ealwlEAGU4Pmk=";
constexpr std::int64_t kNowMs = 1'780'922'800'123;

struct Preset {
  VerificationPreset preset;
  std::array<std::string_view, 3> headers;
  std::string_view secret = kSecret;
  std::string_view algorithm = "";
  std::string_view encoding = "";
};

constexpr std::array<Preset, 9> kPresets{{
    {VerificationPreset::StandardWebhooks,
     {"webhook-id", "webhook-timestamp", "webhook-signature"}},
    {VerificationPreset::GitHub, {"x-hub-signature-256", "", ""}},
    {VerificationPreset::GitLab, {"x-gitlab-token", "", ""}},
    {VerificationPreset::Stripe, {"stripe-signature", "", ""}},
    {VerificationPreset::Slack, {"x-slack-request-timestamp", "x-slack-signature", ""}},
    {VerificationPreset::Hmac, {"x-signature", "", ""}, kSecret, "sha256", "base64"},
    {VerificationPreset::Hmac, {"x-signature", "", ""}, kSecret, "sha1", "hex"},
    {VerificationPreset::Hmac, {"x-signature", "", ""}, kSecret, "sha512", "hex"},
    {VerificationPreset::StandardWebhooks,
     {"webhook-id", "webhook-timestamp", "webhook-signature"},
     kPublicKey},
}};

CallVerification verification_of(const Preset& preset) {
  CallVerification wanted;
  wanted.preset = preset.preset;
  wanted.secrets = {std::string(preset.secret)};
  wanted.header = preset.headers[0];
  wanted.algorithm = preset.algorithm;
  wanted.encoding = preset.encoding;
  auto checked = gantry::domain::check_verification(std::move(wanted));
  gantry::fuzz::require(static_cast<bool>(checked));
  return *std::move(checked);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto kVerifications = [] {
    std::array<CallVerification, kPresets.size()> out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = verification_of(kPresets[i]);
    return out;
  }();
  const std::size_t which = data[0] % kPresets.size();
  std::string_view rest = gantry::fuzz::to_view(data + 1, size - 1);
  std::array<std::string_view, 3> values;
  for (std::string_view& value : values) std::tie(value, rest) = gantry::fuzz::split_line(rest);
  const gantry::domain::FindHeader header = [&](std::string_view name) -> std::string_view {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!name.empty() && kPresets[which].headers[i] == name) return values[i];
    }
    return {};
  };
  const auto outcome = gantry::domain::verify_call(kVerifications[which], header, rest,
                                                   gantry::from_epoch_ms(kNowMs));
  const bool knows_secret = values[0] == kSecret;
  gantry::fuzz::require(!outcome || knows_secret);
  return 0;
}
