#pragma once
// What the record of an incoming call says, piece by piece: what came, what the script did, what
// the caller was told. Every text is bounded and no secret is kept.

#include <string>
#include <string_view>

#include "domain/incoming_call.h"
#include "domain/integration.h"
#include "integrations/incoming/hook_call.h"
#include "integrations/script/script_engine.h"

namespace gantry::integrations {

// Of a body, an answer or a script's result as much is kept.
inline constexpr std::size_t kKeptTextMax = 64 * 1024;
inline constexpr std::size_t kKeptHeaderMax = 1024;
inline constexpr std::size_t kKeptErrorMax = 4096;

// How a run ended, in a word: "returned", "threw" and so on.
std::string_view end_of(script::RunStatus status);

enum class KeepBodies { No, Yes };

domain::IncomingCall begin_record(const HookCall& call, const domain::Integration& integration,
                                  KeepBodies keep, Time now);
void record_run(domain::IncomingCall& record, const script::RunOutcome& outcome, KeepBodies keep);
// The hook's token, and what secret headers hold, are nowhere else in the record either, such as
// in what a script prints.
void mask_secrets(domain::IncomingCallContent& content, const HookCall& call,
                  const domain::CallVerification& verification);
// What the caller is told; decides whether the call holds its key. With a key the answer is kept in
// any case: the call may be repeated.
void end_record(domain::IncomingCall& record, const Result<HookAnswer>& answer, KeepBodies keep,
                Time now);

// The header's value, or "(masked)".
std::string shown_header(std::string_view lower_name, std::string_view value,
                         const domain::CallVerification& verification);

// The key of the call; empty when it has none. Errors: IdempotencyKeyInvalid.
Result<std::string> read_idempotency_key(const HookCall& call);

}  // namespace gantry::integrations
