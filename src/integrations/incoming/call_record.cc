#include "integrations/incoming/call_record.h"

#include <algorithm>
#include <array>

#include "domain/error_codes.h"
#include "integrations/script/http_power.h"
#include "integrations/script_runner.h"
#include "wire/error_json.h"
#include "wire/masking.h"

namespace gantry::integrations {
namespace {

using script::RunStatus;

// A header whose name holds one of these carries a secret, or a proof made with one.
constexpr std::array<std::string_view, 9> kSecretWords{"authorization", "cookie",   "token",
                                                       "secret",        "password", "signature",
                                                       "api-key",       "apikey",   "x-auth"};
// In this order; the sender of the first is the one who means it most.
constexpr std::array<std::string_view, 3> kKeyHeaders{"idempotency-key", "webhook-id",
                                                      "x-github-delivery"};

// Bytes that are no text show as replacement characters.
std::string bounded(std::string_view text, std::size_t bytes_max) {
  return script::to_valid_utf8(std::string(text.substr(0, bytes_max)));
}

bool is_secret(std::string_view lower_name, const domain::CallVerification& verification) {
  return std::any_of(kSecretWords.begin(), kSecretWords.end(),
                     [&](std::string_view word) {
                       return lower_name.find(word) != std::string_view::npos;
                     }) ||
         lower_name == domain::to_lower(verification.header);
}

bool is_fault_of_ours(const domain::IncomingCall& record) {
  return record.status >= 500 || (record.script && record.script->end.starts_with("engine-"));
}

}  // namespace

std::string_view end_of(RunStatus status) {
  switch (status) {
    case RunStatus::Returned:
      return "returned";
    case RunStatus::Threw:
      return "threw";
    case RunStatus::NoMethod:
      return "no-method";
    case RunStatus::LoadFailed:
      return "load-failed";
    case RunStatus::LimitExceeded:
      return "limit-exceeded";
    case RunStatus::EngineBusy:
      return "engine-busy";
    case RunStatus::EngineFailed:
      return "engine-failed";
  }
  return "engine-failed";
}

std::string shown_header(std::string_view lower_name, std::string_view value,
                         const domain::CallVerification& verification) {
  if (is_secret(lower_name, verification)) return std::string(wire::kMasked);
  return bounded(value, kKeptHeaderMax);
}

domain::IncomingCall begin_record(const HookCall& call, const domain::Integration& integration,
                                  KeepBodies keep, Time now) {
  domain::IncomingCall out;
  out.id = new_ordered_id<domain::IncomingCallId>(now);
  out.integration = integration.id;
  if (integration.created_by) out.integration_maker = integration.created_by->id;
  out.created_at = now;
  out.content_type = bounded(call.content_type, kKeptHeaderMax);
  out.body_bytes = static_cast<std::int64_t>(call.body.size());
  for (const auto& [name, value] : call.headers) {
    std::string shown = shown_header(name, value, integration.verification);
    const auto [header, is_new] = out.headers.emplace(name, shown);
    if (!is_new) header->value() = std::string(header->value().get_string()) + ", " + shown;
  }
  if (keep == KeepBodies::No) return out;
  out.content.query = bounded(call.query, kKeptTextMax);
  if (!call.body.empty()) out.content.body = bounded(call.body, kKeptTextMax);
  mask_secrets(out.content, call, integration.verification);
  return out;
}

void mask_secrets(domain::IncomingCallContent& content, const HookCall& call,
                  const domain::CallVerification& verification) {
  wire::Mask mask;
  mask.add(call.token);
  for (const auto& [name, value] : call.headers) {
    if (!is_secret(name, verification)) continue;
    mask.add(value);
    // "Bearer ...", or "name=..."
    mask.add(std::string_view(value).substr(value.find_first_of(" =") + 1));
  }
  mask.apply(content.query);
  if (content.body) mask.apply(*content.body);
  if (content.returned) mask.apply(*content.returned);
  for (json::value& line : content.console) mask.apply(line);
  mask.apply(content.error);
}

void record_run(domain::IncomingCall& record, const script::RunOutcome& outcome, KeepBodies keep) {
  record.script = domain::IncomingScriptRun{std::string(end_of(outcome.status)),
                                            static_cast<std::int64_t>(outcome.cost.cpu_us),
                                            static_cast<std::int64_t>(outcome.cost.memory_bytes)};
  // What a script words may repeat the body.
  if (keep == KeepBodies::No) return;
  record.content.console = console_json(outcome);
  if (outcome.result) {
    record.content.returned = bounded(to_json_text(*outcome.result), kKeptTextMax);
  }
  if (outcome.fault.message.empty()) return;
  record.content.error =
      bounded((outcome.fault.name.empty() ? "" : outcome.fault.name + ": ") + outcome.fault.message,
              kKeptErrorMax);
}

void end_record(domain::IncomingCall& record, const Result<HookAnswer>& answer, KeepBodies keep,
                Time now) {
  record.finished_at = now;
  if (answer) {
    record.status = answer->status;
    // That of an earlier call is in the earlier record, which follows its messages.
    const bool kept = keep == KeepBodies::Yes || record.holds_key;
    if (record.answered_by.empty() && kept) record.content.answer = answer->body;
  } else {
    wire::ErrorReply reply = wire::to_rest(answer.error());
    record.status = reply.status;
    record.content.answer = std::move(reply.body);
    if (record.content.error.empty()) {
      record.content.error = bounded(text_of(answer.error()), kKeptErrorMax);
    }
  }
  if (is_fault_of_ours(record)) record.holds_key = false;
  const std::size_t answer_max = record.holds_key ? std::string::npos : kKeptTextMax;
  record.content.answer = bounded(record.content.answer, answer_max);
}

Result<std::string> read_idempotency_key(const HookCall& call) {
  for (const std::string_view name : kKeyHeaders) {
    const std::string_view key = call.header(name);
    if (key.empty()) continue;
    const bool visible =
        std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (key.size() > domain::kIdempotencyKeyMax || !visible)
      return ErrorCode::IdempotencyKeyInvalid;
    return std::string(key);
  }
  return std::string();
}

}  // namespace gantry::integrations
