#include "integrations/trial/incoming_trial.h"

#include "domain/error_codes.h"
#include "integrations/incoming/hook_decision.h"
#include "integrations/trial/message_preview.h"
#include "wire/error_json.h"
#include "wire/hook_body.h"
#include "wire/post_payload.h"

namespace gantry::integrations {
namespace {

using AccountPtr = std::shared_ptr<const domain::User>;

json::object answer_json(unsigned status, std::string_view body) {
  auto parsed = parse_json(body);
  return {{"status", status}, {"body", parsed ? *std::move(parsed) : json::value(body)}};
}

json::object refusal_json(const Error& error) {
  const wire::ErrorReply reply = wire::to_rest(error);
  return answer_json(reply.status, reply.body);
}

// The script's word, or what the call without one means.
Task<HookDecision> decide(const domain::Context& context, TrialRun& run, HookCall call,
                          AccountPtr account) {
  const domain::Integration& integration = run.integration();
  const auto wanted = run.scripted() ? wire::WantedBody::Anything : wire::WantedBody::Object;
  CO_TRY(wire::HookBody body, wire::read_hook_body(call.content_type, call.body, wanted));
  if (!run.scripted()) {
    if (body.empty()) co_return HookDecision(hook_success());
    co_return HookDecision(
        HookPlan{std::move(body.content.get_object()), std::move(account), std::nullopt});
  }
  if (!integration.script_compiled) co_return failure("error-evaluating-script");
  json::object argument{{"request", hook_request_json(call, body.content, *account)}};
  const script::RunOutcome outcome =
      co_await run.run(script::ScriptMethod::ProcessIncomingRequest, std::move(argument));
  co_return decide_hook(context.directory, outcome, body.content, account);
}

Task<json::object> foresee(const domain::Context& context, const domain::Integration& integration,
                           HookPlan plan) {
  const domain::PostDefaults defaults{integration.alias.value_or(""),
                                      integration.avatar.value_or(""),
                                      integration.emoji.value_or(""), integration.channels};
  wire::PostPayload payload = wire::read_post_payload(plan.content, defaults);
  if (payload.targets.size() > domain::kPostTargetsMax) co_return ErrorCode::CapacityReached;
  const std::function<Result<json::array>(const domain::Tx&)> work =
      [&context, payload, sender = plan.sender](const domain::Tx& tx) -> Result<json::array> {
    json::array out;
    for (const std::string& target : payload.targets) {
      out.push_back(preview_message(tx, context.directory, *sender, target, payload.draft));
    }
    return out;
  };
  CO_TRY(json::array messages, co_await context.store.read<json::array>(work));
  json::value first_error;
  bool any = false;
  for (const json::value& message : messages) {
    const json::value* error = find_member(message.get_object(), "error");
    any = any || error == nullptr;
    if (error != nullptr && first_error.is_null()) first_error = *error;
  }
  json::object out;
  if (messages.empty()) first_error = "unknown-error";
  if (wire::separate_of(plan.content) == domain::Separate::Yes && !messages.empty()) {
    // The body names the messages, which have no ids here.
    out["answer"] = {{"status", any ? 200 : 400}};
  } else if (!first_error.is_null()) {
    out["answer"] = {{"status", 400}, {"body", {{"success", false}, {"error", first_error}}}};
  } else {
    json::object body = plan.response.value_or(json::object{});
    body["success"] = true;
    out["answer"] = {{"status", 200}, {"body", std::move(body)}};
  }
  out["messages"] = std::move(messages);
  co_return out;
}

}  // namespace

Task<json::object> try_incoming(const domain::Context& context, TrialRun& run, HookCall call) {
  const domain::Integration& integration = run.integration();
  const AccountPtr account = context.directory.find_user(integration.user);
  if (!account) co_return failure("the account that the integration posts as is gone");
  json::object out;
  Result<HookDecision> decision = co_await decide(context, run, std::move(call), account);
  if (decision) {
    if (const auto* plan = std::get_if<HookPlan>(&*decision)) {
      if (auto fits = check_hook_destination(integration, *plan); !fits) decision = fits.error();
    }
  }
  if (!decision) {
    out["answer"] = refusal_json(decision.error());
    out["messages"] = json::array{};
  } else if (const auto* answer = std::get_if<HookAnswer>(&*decision)) {
    out["answer"] = answer_json(answer->status, answer->body);
    out["messages"] = json::array{};
  } else {
    CO_TRY(out, co_await foresee(context, integration, std::get<HookPlan>(*std::move(decision))));
  }
  run.report(&out);
  co_return out;
}

}  // namespace gantry::integrations
