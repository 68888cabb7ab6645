#include "integrations/incoming/incoming_hook.h"

#include "base/crypto.h"
#include "base/log.h"
#include "domain/error_codes.h"
#include "wire/hook_body.h"
#include "wire/message_json.h"
#include "wire/post_payload.h"

namespace gantry::integrations {
namespace {

void log_end(const domain::Integration& integration, const script::RunOutcome& outcome) {
  switch (outcome.status) {
    case script::RunStatus::Returned:
      return;
    case script::RunStatus::NoMethod:
      log::info("hook script lacks the method", {{"integration", integration.id.text}});
      return;
    case script::RunStatus::LoadFailed:
      log::info("hook script does not load", {{"integration", integration.id.text}});
      return;
    default:
      // What it says may repeat the call; it is in the call's record.
      log::info("hook script failed", {{"integration", integration.id.text}});
  }
}

Error unknown_address() {
  return Error(ErrorCode::NotFound, "Invalid integration id or token provided.");
}

// What the caller is told of the messages. Errors: Failure.
Result<HookAnswer> to_answer(const std::vector<domain::PostedTarget>& posted,
                             domain::Separate separate,
                             const std::optional<json::object>& response) {
  if (posted.empty()) return failure("unknown-error");
  if (separate == domain::Separate::No) {
    if (!response) return hook_success();
    json::object body = *response;
    body["success"] = true;
    return to_hook_answer(200, body);
  }
  json::array responses;
  bool any = false;
  for (const domain::PostedTarget& target : posted) {
    json::object row{{"channel", target.channel}};
    if (target.message) {
      any = true;
      row["message"] = wire::to_posted_json(*target.message);
    } else {
      row["error"] = target.error ? hook_error_text(*target.error) : "Unknown error";
    }
    responses.push_back(std::move(row));
  }
  return to_hook_answer(any ? 200U : 400U, {{"responses", std::move(responses)}, {"success", any}});
}

std::vector<domain::IncomingPost> posts_of(const std::vector<domain::PostedTarget>& posted) {
  std::vector<domain::IncomingPost> out;
  for (const domain::PostedTarget& target : posted) {
    if (target.message) out.push_back({target.message->room, target.message->id});
  }
  return out;
}

// The answer as it was given; of one whose text is gone, what it meant.
HookAnswer answer_of(const domain::IncomingCall& earlier) {
  if (earlier.forgotten) {
    return to_hook_answer(static_cast<unsigned>(earlier.status), {{"success", earlier.ok()}});
  }
  return {static_cast<unsigned>(earlier.status), earlier.content.answer};
}

}  // namespace

Result<IncomingHooks::EntryPtr> IncomingHooks::find(const domain::IntegrationId& id,
                                                    std::string_view token) const {
  auto entry = context_.directory.find_integration(id);
  const bool known = entry && entry->integration.type == domain::IntegrationType::Incoming &&
                     entry->integration.token &&
                     constant_time_equal(*entry->integration.token, token);
  if (!known) return unknown_address();
  return entry;
}

Result<IncomingHooks::AccountPtr> IncomingHooks::account_of(
    const domain::IntegrationEntry& entry) const {
  auto account = context_.directory.find_user(entry.integration.user);
  if (!account) return ErrorCode::NotLoggedIn;
  if (!entry.integration.enabled) return ErrorCode::Unavailable;
  if (!context_.directory.has_permission(*account, domain::Permission::MessageImpersonate)) {
    return failure("error-user-lacks-message-impersonate-permission");
  }
  return account;
}

Result<IncomingHooks::Opened> IncomingHooks::open(const domain::IntegrationId& id,
                                                  std::string_view token) const {
  TRY(EntryPtr entry, find(id, token));
  TRY(AccountPtr account, account_of(*entry));
  return Opened{std::move(entry), std::move(account)};
}

Task<HookAnswer> IncomingHooks::execute(HookCall call) {
  CO_TRY(const EntryPtr entry, find(call.integration, call.token));
  const auto keep = context_.directory.settings()->get_bool(domain::Setting::IncomingKeepBodies)
                        ? KeepBodies::Yes
                        : KeepBodies::No;
  const auto progress = std::make_shared<Progress>(
      begin_record(call, entry->integration, keep, context_.clock.now()), keep);
  Result<HookAnswer> answer = co_await serve(entry, std::move(call), progress);
  if (!progress->recorded) {
    end_record(progress->record, answer, progress->keep, context_.clock.now());
    CO_TRY_DO(co_await record_end_of(progress));
  }
  co_return answer;
}

Task<HookAnswer> IncomingHooks::serve(EntryPtr entry, HookCall call, ProgressPtr progress) {
  CO_TRY(AccountPtr account, account_of(*entry));
  CO_TRY(LoadedIntegration loaded, co_await integrations_.find(call.integration));
  const auto integration = loaded.integration;
  if (!integration) co_return unknown_address();
  if (integration->verification.wanted()) {
    const domain::FindHeader header = [&call](std::string_view name) { return call.header(name); };
    CO_TRY_DO(
        domain::verify_call(integration->verification, header, call.body, context_.clock.now()));
  }
  CO_TRY(const std::string key, read_idempotency_key(call));
  if (!key.empty()) {
    CO_TRY(auto before, co_await answer_before(key, sha256_hex(call.body), progress));
    if (before) co_return *std::move(before);
  }
  co_return co_await run(std::move(loaded), std::move(account), std::move(call),
                         std::move(progress));
}

Task<std::optional<HookAnswer>> IncomingHooks::answer_before(std::string key, std::string body_hash,
                                                             ProgressPtr progress) {
  domain::IncomingCall& record = progress->record;
  record.idempotency_key = key;
  record.body_hash = body_hash;
  CO_TRY(KeyTurns::Turn turn, co_await key_turns_.take(record.integration.text + ' ' + key));
  progress->turn.emplace(std::move(turn));
  using Found = std::optional<domain::IncomingCall>;
  const std::function<Result<Found>(const domain::Tx&)> work =
      [integration = record.integration, key,
       since =
           record.created_at - domain::kIdempotencyWindow](const domain::Tx& tx) -> Result<Found> {
    return tx.incoming_calls().find_by_key(integration, key, since);
  };
  CO_TRY(const Found earlier, co_await context_.store.read<Found>(work));
  if (!earlier) {
    record.holds_key = true;
    co_return std::optional<HookAnswer>();
  }
  if (earlier->body_hash != body_hash) co_return ErrorCode::IdempotencyKeyReused;
  record.answered_by = earlier->id;
  record.content.body.reset();  // the earlier record has it
  record.content.query.clear();
  co_return std::optional<HookAnswer>(answer_of(*earlier));
}

Task<HookAnswer> IncomingHooks::run(LoadedIntegration loaded, AccountPtr account, HookCall call,
                                    ProgressPtr progress) {
  const auto integration = loaded.integration;
  const bool scripted = scripts_.takes_part(*integration);
  CO_TRY(wire::HookBody body,
         wire::read_hook_body(call.content_type, call.body,
                              scripted ? wire::WantedBody::Anything : wire::WantedBody::Object));
  if (!scripted) {
    if (body.empty()) co_return hook_success();
    Plan plan{std::move(body.content.get_object()), std::move(account), {}};
    CO_TRY_DO(check_hook_destination(*integration, plan));
    co_return co_await post(integration, std::move(plan), std::move(progress));
  }
  CO_TRY(Decided decided, co_await run_script(std::move(loaded), std::move(account),
                                              std::move(call), std::move(body.content), progress));
  if (auto* answer = std::get_if<HookAnswer>(&decided)) co_return std::move(*answer);
  Plan& plan = std::get<Plan>(decided);
  CO_TRY_DO(check_hook_destination(*integration, plan));
  co_return co_await post(integration, std::move(plan), std::move(progress));
}

Task<IncomingHooks::Decided> IncomingHooks::run_script(LoadedIntegration loaded, AccountPtr account,
                                                       HookCall call, json::value content,
                                                       ProgressPtr progress) {
  const auto& integration = loaded.integration;
  if (!integration->script_compiled) co_return failure("error-evaluating-script");
  json::object argument{{"request", hook_request_json(call, content, *account)}};
  const auto state = scripts_.open_state(loaded, context_.store);
  const script::RunOutcome outcome = co_await scripts_.run(
      integration, script::ScriptMethod::ProcessIncomingRequest, std::move(argument), state);
  record_run(progress->record, outcome, progress->keep);
  mask_secrets(progress->record.content, call, integration->verification);
  if (outcome.store) progress->unsaved = state;
  log_end(*integration, outcome);
  co_return decide_hook(context_.directory, outcome, content, std::move(account));
}

Task<HookAnswer> IncomingHooks::post(std::shared_ptr<const domain::Integration> integration,
                                     Plan plan, ProgressPtr progress) {
  const domain::PostDefaults defaults{integration->alias.value_or(""),
                                      integration->avatar.value_or(""),
                                      integration->emoji.value_or(""), integration->channels};
  wire::PostPayload payload = wire::read_post_payload(plan.content, defaults);
  payload.draft.posted_by = integration->id;
  const domain::Separate separate = wire::separate_of(plan.content);
  const Time now = context_.clock.now();
  struct Told {
    Result<HookAnswer> answer;
  };
  const std::function<Result<Told>(domain::Tx&)> work =
      [this, payload, separate, now, sender = plan.sender, response = plan.response,
       unsaved = progress->unsaved, begun = progress->record,
       keep = progress->keep](domain::Tx& tx) -> Result<Told> {
    TRY(const auto posted,
        domain::post_to_targets_in(tx, context_.directory, *sender, payload.draft, payload.targets,
                                   separate, now));
    if (unsaved) unsaved->save_in(tx);
    Told told{to_answer(posted, separate, response)};
    domain::IncomingCall record = begun;
    record.posted = posts_of(posted);
    end_record(record, told.answer, keep, now);
    const bool first = tx.incoming_calls().insert(record, now - domain::kIdempotencyWindow);
    if (!first) return ErrorCode::IdempotencyKeyInUse;
    return told;
  };
  auto told = co_await context_.store.write<Told>(work);
  if (told) {
    progress->recorded = true;
    co_return std::move(told->answer);
  }
  const ErrorClass kind = info_of(told.error().code).kind;
  // A store that takes no messages takes no record either.
  if (kind == ErrorClass::Unavailable) progress->recorded = !progress->unsaved;
  if (kind == ErrorClass::Unavailable || kind == ErrorClass::Conflict) co_return told.error();
  co_return failure(hook_error_text(told.error()));
}

// Who gave a key may rely on the answer, and the script on its Store; nobody waits for the rest.
Task<void> IncomingHooks::record_end_of(ProgressPtr progress) {
  if (progress->record.holds_key || progress->unsaved) {
    co_return co_await write_record(std::move(progress), domain::Urgency::Now);
  }
  progress->turn.reset();
  tasks_.spawn("record of a call", write_record_later(std::move(progress)));
  co_return Done{};
}

Task<void> IncomingHooks::write_record(ProgressPtr progress, domain::Urgency urgency) const {
  const std::function<Result<void>(domain::Tx&)> work = [progress](domain::Tx& tx) -> Result<void> {
    const domain::IncomingCall& record = progress->record;
    if (progress->unsaved) progress->unsaved->save_in(tx);
    const bool first =
        tx.incoming_calls().insert(record, record.created_at - domain::kIdempotencyWindow);
    if (!first) return ErrorCode::IdempotencyKeyInUse;
    return Done{};
  };
  co_return co_await context_.store.write<void>(work, urgency);
}

asio::awaitable<void> IncomingHooks::write_record_later(ProgressPtr progress) const {
  const auto done = co_await write_record(progress, domain::Urgency::Soon);
  if (done) co_return;
  log::warn("incoming call not recorded",
            {{"integration", progress->record.integration.text}, {"why", text_of(done.error())}});
}

}  // namespace gantry::integrations
