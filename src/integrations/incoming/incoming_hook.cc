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

json::object request_json(const HookCall& call, const json::value& content,
                          const domain::User& account) {
  json::object headers;
  for (const auto& [name, value] : call.headers) headers[name] = value;
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
      {"body", content},
      {"user", {{"_id", account.id.text}, {"name", account.name}, {"username", account.username}}}};
}

}  // namespace

Result<IncomingHooks::Opened> IncomingHooks::open(const domain::IntegrationId& id,
                                                  std::string_view token) const {
  const auto entry = context_.directory.find_integration(id);
  const bool known = entry && entry->integration.type == domain::IntegrationType::Incoming &&
                     entry->integration.token &&
                     constant_time_equal(*entry->integration.token, token);
  if (!known) return Error(ErrorCode::NotFound, "Invalid integration id or token provided.");
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
  const domain::Integration& shown = opened.entry->integration;
  const bool scripted = shown.script_enabled;
  CO_TRY(wire::HookBody body,
         wire::read_hook_body(call.content_type, call.body,
                              scripted ? wire::WantedBody::Anything : wire::WantedBody::Object));
  if (!scripted && body.empty()) co_return success();

  const std::function<Result<domain::Integration>(const domain::Tx&)> work =
      [id = shown.id](const domain::Tx& tx) -> Result<domain::Integration> {
    auto found = tx.integrations().find(id);
    if (!found) return Error(ErrorCode::NotFound, "Invalid integration id or token provided.");
    return *std::move(found);
  };
  CO_TRY(domain::Integration loaded, co_await context_.store.read<domain::Integration>(work));
  const auto integration = std::make_shared<const domain::Integration>(std::move(loaded));

  Plan plan{{}, opened.account, std::nullopt};
  if (scripts_.takes_part(*integration)) {
    CO_TRY(auto planned,
           co_await run_script(integration, opened.account, call, std::move(body.content)));
    if (auto* answer = std::get_if<HookAnswer>(&planned)) co_return std::move(*answer);
    plan = std::move(std::get<Plan>(planned));
  } else if (body.content.is_object()) {
    plan.content = std::move(body.content.get_object());
  }
  const bool redirects = plan.content.contains("channel") || plan.content.contains("roomId");
  if (redirects && !integration->override_destination) {
    co_return failure("overriding destination channel is disabled for this integration");
  }
  co_return co_await post(integration, std::move(plan));
}

Task<std::variant<IncomingHooks::Plan, HookAnswer>> IncomingHooks::run_script(
    std::shared_ptr<const domain::Integration> integration,
    std::shared_ptr<const domain::User> account, const HookCall& call, json::value content) {
  if (!integration->script_compiled) co_return failure("error-evaluating-script");
  const std::function<Result<json::object>(const domain::Tx&)> read_state =
      [integration](const domain::Tx& tx) -> Result<json::object> {
    return tx.deliveries()
        .find_script_state(integration->id, revision_of(*integration))
        .value_or(json::object{});
  };
  CO_TRY(json::object state, co_await context_.store.read<json::object>(read_state));
  const bool separate = content.is_object() && content.get_object().contains("separateResponse");
  json::value separate_value;
  if (separate) separate_value = content.get_object().at("separateResponse");

  json::object argument{{"request", request_json(call, content, *account)}};
  const script::RunOutcome outcome =
      co_await scripts_.run(integration, script::ScriptMethod::ProcessIncomingRequest,
                            std::move(argument), std::move(state));
  if (outcome.store) {
    const std::function<Result<void>(domain::Tx&)> save_state =
        [integration, store = *outcome.store](domain::Tx& tx) -> Result<void> {
      tx.deliveries().put_script_state(integration->id, revision_of(*integration), store);
      return Done{};
    };
    CO_TRY_DO(co_await context_.store.write<void>(save_state));
  }
  switch (outcome.status) {
    case RunStatus::Returned:
      break;
    case RunStatus::NoMethod:
      log::info("hook script lacks the method", {{"integration", integration->id.text}});
      co_return success();
    case RunStatus::LoadFailed:
      log::info("hook script does not load",
                {{"integration", integration->id.text}, {"fault", outcome.fault.message}});
      co_return failure("error-evaluating-script");
    case RunStatus::Threw:
    case RunStatus::LimitExceeded:
    case RunStatus::EngineBusy:
    case RunStatus::EngineFailed:
      log::info("hook script failed",
                {{"integration", integration->id.text}, {"fault", outcome.fault.message}});
      co_return failure("error-running-script");
  }
  if (!outcome.result || !is_truthy(*outcome.result)) co_return success();
  const json::object* result = outcome.result->if_object();
  if (result == nullptr) co_return failure("error-running-script");
  if (const json::value* error = find_member(*result, "error");
      error != nullptr && is_truthy(*error)) {
    if (const json::object* body = error->if_object()) {
      HookAnswer answer{400, *body};
      answer.body["success"] = false;
      co_return answer;
    }
    co_return failure(to_js_string(*error));
  }
  const json::value* made = find_member(*result, "content");
  if (made == nullptr || !made->is_object()) co_return failure("error-running-script");
  Plan plan{made->get_object(), account, std::nullopt};
  if (separate && !plan.content.contains("separateResponse")) {
    plan.content["separateResponse"] = separate_value;
  }
  if (const json::value* user = find_member(*result, "user")) {
    plan.sender = sender_from(*user, account);
  }
  if (const json::value* response = find_member(*result, "response");
      response != nullptr && response->is_object()) {
    plan.response = response->get_object();
  }
  co_return plan;
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
      [this, payload, separate, now, sender = plan.sender](domain::Tx& tx) -> Result<Posted> {
    return domain::post_to_targets_in(tx, context_.directory, *sender, payload.draft,
                                      payload.targets, separate, now);
  };
  auto posted = co_await context_.store.write<Posted>(work);
  if (!posted) {
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
