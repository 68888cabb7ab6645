#pragma once
// What the script of an incoming webhook is given, and what its end means for the call. Nothing is
// posted here. Source: contract "integrations" 7.4.

#include <memory>
#include <optional>
#include <variant>

#include "domain/directory.h"
#include "integrations/incoming/hook_call.h"
#include "integrations/script/script_engine.h"

namespace gantry::integrations {

struct HookPlan {
  json::object content;
  std::shared_ptr<const domain::User> sender;
  std::optional<json::object> response;  // given to the caller after posting
};
// What to post, or what to answer when nothing is to be posted.
using HookDecision = std::variant<HookPlan, HookAnswer>;

// The code of an error, else its text: hooks tell no errorType.
std::string hook_error_text(const Error& error);

HookAnswer to_hook_answer(unsigned status, const json::object& body);
HookAnswer hook_success();

// The `request` of process_incoming_request. The engine adds `body`, which is the same object as
// `content`.
json::object hook_request_json(const HookCall& call, const json::value& content,
                               const domain::User& account);

// `content` is the body as it came. Errors: Failure.
Result<HookDecision> decide_hook(const domain::Directory& directory,
                                 const script::RunOutcome& outcome, const json::value& content,
                                 std::shared_ptr<const domain::User> account);

// Errors: Failure, when the plan names a destination and may not.
Result<void> check_hook_destination(const domain::Integration& integration, const HookPlan& plan);

}  // namespace gantry::integrations
