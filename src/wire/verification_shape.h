#pragma once
// How requests and files say the verification of incoming calls: with these members, as text.

#include <optional>

#include "domain/call_verification.h"

namespace gantry::wire {

// Not yet checked, see domain::check_verification. Nothing when there is no such preset.
template <class Shape>
std::optional<domain::CallVerification> to_verification(const Shape& in) {
  const auto preset = domain::find_verification_preset(in.preset);
  if (!preset) return std::nullopt;
  domain::CallVerification out;
  out.preset = *preset;
  out.secrets = in.secrets.value_or(std::vector<std::string>{});
  out.tolerance_seconds = in.tolerance_seconds.value_or(domain::kToleranceSecondsDefault);
  out.header = in.header.value_or("");
  out.algorithm = in.algorithm.value_or("");
  out.encoding = in.encoding.value_or("");
  return out;
}

}  // namespace gantry::wire
