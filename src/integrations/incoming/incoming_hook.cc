#include "integrations/incoming/incoming_hook.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/log.h"
#include "domain/error_codes.h"
#include "wire/hook_body.h"
#include "wire/message_json.h"
#include "wire/post_payload.h"
#include "wire/query_string.h"
#include "wire/user_json.h"

namespace gantry::integrations {
namespace {

using script::RunStatus;

// The code of an error, else its text: hooks tell no errorType.
std::string short_text(const Error& error) {
  const ErrorInfo info = info_of(error.code);
  if (!info.code.empty()) return std::string(info.code);
  const std::string_view text = text_of(error);
  return text.empty() ? "Unknown error" : std::string(text);
}

Error unknown_address() {
  return Error(ErrorCode::NotFound, "Invalid integration id or token provided.");
}

const json::value* find_truthy(const json::object& object, std::string_view key) {
  const json::value* value = find_member(object, key);
  return value != nullptr && is_truthy(*value) ? value : nullptr;
}

HookAnswer success() {
  return {200, {{"success", true}}};
}

json::object url_json(const HookCall& call, const json::object& query) {
  const std::string search = call.query.empty() ? std::string() : "?" + call.query;
  return {{"hash", nullptr},
          {"search", search.empty() ? json::value(nullptr) : json::value(search)},
          {"query", query},
          {"pathname", call.path},
          {"path", call.path + search}};
}

// The engine adds `body`, which is the same object as `content`.
json::object request_json(const HookCall& call, const json::value& content,
                          const domain::User& account) {
  json::object headers;
  for (const auto& [name, value] : call.headers) {
    const auto [header, is_new] = headers.emplace(name, value);
    if (!is_new) header->value() = to_js_string(header->value()) + ", " + value;
  }
  json::object parameters{{"integrationId", call.integration.text}, {"token", call.token}};
  if (!call.user_id.empty()) parameters["userId"] = call.user_id;
  auto query = wire::parse_query_string(call.query);
  return {
      {"url", url_json(call, query ? *query : json::object{})},
      {"url_raw", call.query.empty() ? call.path : call.path + "?" + call.query},
      {"url_params", std::move(parameters)},
      {"content", content},
      {"content_raw", call.body},
      {"headers", std::move(headers)},
      {"user", {{"_id", account.id.text}, {"name", account.name}, {"username", account.username}}}};
}

}  // namespace

Result<IncomingHooks::Opened> IncomingHooks::open(const domain::IntegrationId& id,
                                                  std::string_view token) const {
  const auto entry = context_.directory.find_integration(id);
  const bool known = entry && entry->integration.type == domain::IntegrationType::Incoming &&
                     entry->integration.token &&
                     constant_time_equal(*entry->integration.token, token);
  if (!known) return unknown_address();
  const auto account = context_.directory.find_user(entry->integration.user);
  if (!account) return ErrorCode::NotLoggedIn;
  if (!entry->integration.enabled) return ErrorCode::Unavailable;
  if (!context_.directory.has_permission(*account, domain::Permission::MessageImpersonate)) {
    return failure("error-user-lacks-message-impersonate-permission");
  }
  return Opened{entry, account};
}

Task<HookAnswer> IncomingHooks::execute(HookCall call) {
  CO_TRY(const Opened opened, open(call.integration, call.token));
  CO_TRY(const LoadedIntegration loaded, co_await integrations_.find(call.integration));
  const auto& integration = loaded.integration;
  if (!integration) co_return unknown_address();
  if (integration->verification.wanted()) {
    const domain::FindHeader header = [&call](std::string_view name) -> std::string_view {
      for (const auto& [key, value] : call.headers) {
        if (key == name) return value;
      }
      return {};
    };
    CO_TRY_DO(
        domain::verify_call(integration->verification, header, call.body, context_.clock.now()));
  }
  const bool scripted = scripts_.takes_part(*integration);
  CO_TRY(wire::HookBody body,
         wire::read_hook_body(call.content_type, call.body,
                              scripted ? wire::WantedBody::Anything : wire::WantedBody::Object));
  if (!scripted) {
    if (body.empty()) co_return success();
    Plan plan{std::move(body.content.get_object()), opened.account, {}, {}};
    CO_TRY_DO(check_destination(*integration, plan));
    co_return co_await post(integration, std::move(plan));
  }
  ScriptEnd end =
      co_await run_script(loaded, opened.account, std::move(call), std::move(body.content));
  Plan* plan = end.decided ? std::get_if<Plan>(&*end.decided) : nullptr;
  const Result<void> fits =
      plan != nullptr ? check_destination(*integration, *plan) : Result<void>(Done{});
  if (plan != nullptr && fits) {
    plan->unsaved = std::move(end.unsaved);
    co_return co_await post(integration, std::move(*plan));
  }
  if (end.unsaved) CO_TRY_DO(co_await save(end.unsaved));
  if (!fits) co_return fits.error();
  if (!end.decided) co_return end.decided.error();
  co_return std::move(std::get<HookAnswer>(*end.decided));
}

asio::awaitable<IncomingHooks::ScriptEnd> IncomingHooks::run_script(
    LoadedIntegration loaded, std::shared_ptr<const domain::User> account, HookCall call,
    json::value content) {
  const auto& integration = loaded.integration;
  if (!integration->script_compiled) co_return ScriptEnd{failure("error-evaluating-script"), {}};
  json::object argument{{"request", request_json(call, content, *account)}};
  const auto state = scripts_.open_state(loaded, context_.store);
  const script::RunOutcome outcome = co_await scripts_.run(
      integration, script::ScriptMethod::ProcessIncomingRequest, std::move(argument), state);
  co_return ScriptEnd{decide(*integration, outcome, content, std::move(account)),
                      outcome.store ? state : nullptr};
}

Result<IncomingHooks::Decided> IncomingHooks::decide(
    const domain::Integration& integration, const script::RunOutcome& outcome,
    const json::value& content, std::shared_ptr<const domain::User> account) const {
  switch (outcome.status) {
    case RunStatus::Returned:
      break;
    case RunStatus::NoMethod:
      log::info("hook script lacks the method", {{"integration", integration.id.text}});
      return Decided(success());
    case RunStatus::LoadFailed:
      log::info("hook script does not load",
                {{"integration", integration.id.text}, {"fault", outcome.fault.message}});
      return failure("error-evaluating-script");
    case RunStatus::Threw:
    case RunStatus::LimitExceeded:
    case RunStatus::EngineBusy:
    case RunStatus::EngineFailed:
      log::info("hook script failed",
                {{"integration", integration.id.text}, {"fault", outcome.fault.message}});
      return failure("error-running-script");
  }
  if (!outcome.result || !is_truthy(*outcome.result)) return Decided(success());
  const json::object* result = outcome.result->if_object();
  if (result == nullptr) return failure("error-running-script");
  if (const json::value* error = find_truthy(*result, "error")) {
    if (!error->is_object()) return failure(to_js_string(*error));
    HookAnswer answer{400, error->get_object()};
    answer.body["success"] = false;
    return Decided(std::move(answer));
  }
  const json::value* made = find_member(*result, "content");
  if (made == nullptr || !made->is_object()) return failure("error-running-script");
  Plan plan{made->get_object(), account, {}, {}};
  const json::value* separate =
      content.is_object() ? find_member(content.get_object(), "separateResponse") : nullptr;
  if (separate != nullptr) plan.content.emplace("separateResponse", *separate);
  if (const json::value* user = find_member(*result, "user")) {
    plan.sender = sender_from(*user, std::move(account));
  }
  if (const json::value* response = find_member(*result, "response");
      response != nullptr && response->is_object()) {
    plan.response = response->get_object();
  }
  return Decided(std::move(plan));
}

Result<void> IncomingHooks::check_destination(const domain::Integration& integration,
                                              const Plan& plan) {
  const bool redirects = find_truthy(plan.content, "channel") != nullptr ||
                         find_truthy(plan.content, "roomId") != nullptr;
  if (redirects && !integration.override_destination) {
    return failure("overriding destination channel is disabled for this integration");
  }
  return Done{};
}

Task<void> IncomingHooks::save(std::shared_ptr<ScriptState> state) const {
  const std::function<Result<void>(domain::Tx&)> work = [state](domain::Tx& tx) -> Result<void> {
    state->save_in(tx);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

// Only an account that may speak for others; anything else is ignored.
std::shared_ptr<const domain::User> IncomingHooks::sender_from(
    const json::value& wanted, std::shared_ptr<const domain::User> otherwise) const {
  const json::object* object = wanted.if_object();
  if (object == nullptr) return otherwise;
  auto user = context_.directory.find_user(domain::UserId{gantry::text_of(*object, "_id")});
  if (!user) user = context_.directory.find_user_by_name(gantry::text_of(*object, "username"));
  const bool fits =
      user && context_.directory.has_permission(*user, domain::Permission::MessageImpersonate);
  return fits ? user : otherwise;
}

Task<HookAnswer> IncomingHooks::post(std::shared_ptr<const domain::Integration> integration,
                                     Plan plan) {
  const domain::PostDefaults defaults{integration->alias.value_or(""),
                                      integration->avatar.value_or(""),
                                      integration->emoji.value_or(""), integration->channels};
  wire::PostPayload payload = wire::read_post_payload(plan.content, defaults);
  payload.draft.posted_by = integration->id;
  const domain::Separate separate = wire::separate_of(plan.content);
  const Time now = context_.clock.now();
  using Posted = std::vector<domain::PostedTarget>;
  const std::function<Result<Posted>(domain::Tx&)> work =
      [this, payload, separate, now, sender = plan.sender,
       unsaved = plan.unsaved](domain::Tx& tx) -> Result<Posted> {
    TRY(Posted posted, domain::post_to_targets_in(tx, context_.directory, *sender, payload.draft,
                                                  payload.targets, separate, now));
    if (unsaved) unsaved->save_in(tx);
    return posted;
  };
  auto posted = co_await context_.store.write<Posted>(work);
  if (!posted) {
    if (plan.unsaved) CO_TRY_DO(co_await save(plan.unsaved));
    if (info_of(posted.error().code).kind == ErrorClass::Unavailable) co_return posted.error();
    co_return failure(short_text(posted.error()));
  }
  if (posted->empty()) co_return failure("unknown-error");
  if (separate == domain::Separate::Yes) {
    json::array responses;
    bool any = false;
    for (const domain::PostedTarget& target : *posted) {
      json::object row{{"channel", target.channel}};
      if (target.message) {
        any = true;
        row["message"] = wire::to_posted_json(*target.message);
      } else {
        row["error"] = target.error ? short_text(*target.error) : "Unknown error";
      }
      responses.push_back(std::move(row));
    }
    co_return HookAnswer{any ? 200U : 400U,
                         {{"responses", std::move(responses)}, {"success", any}}};
  }
  HookAnswer answer = success();
  if (plan.response) {
    answer.body = *std::move(plan.response);
    answer.body["success"] = true;
  }
  co_return answer;
}

}  // namespace gantry::integrations
