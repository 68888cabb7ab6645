#include "integrations/incoming/hook_decision.h"

#include "domain/error_codes.h"
#include "wire/query_string.h"

namespace gantry::integrations {
namespace {

using script::RunStatus;
using AccountPtr = std::shared_ptr<const domain::User>;

const json::value* find_truthy(const json::object& object, std::string_view key) {
  const json::value* value = find_member(object, key);
  return value != nullptr && is_truthy(*value) ? value : nullptr;
}

json::object url_json(const HookCall& call, const json::object& query) {
  const std::string search = call.query.empty() ? std::string() : "?" + call.query;
  return {{"hash", nullptr},
          {"search", search.empty() ? json::value(nullptr) : json::value(search)},
          {"query", query},
          {"pathname", call.path},
          {"path", call.path + search}};
}

// Only an account that may speak for others; anything else is ignored.
AccountPtr sender_from(const domain::Directory& directory, const json::value& wanted,
                       AccountPtr otherwise) {
  const json::object* object = wanted.if_object();
  if (object == nullptr) return otherwise;
  auto user = directory.find_user(domain::UserId{gantry::text_of(*object, "_id")});
  if (!user) user = directory.find_user_by_name(gantry::text_of(*object, "username"));
  const bool fits = user && directory.has_permission(*user, domain::Permission::MessageImpersonate);
  return fits ? user : otherwise;
}

}  // namespace

std::string hook_error_text(const Error& error) {
  const ErrorInfo info = info_of(error.code);
  if (!info.code.empty()) return std::string(info.code);
  const std::string_view text = gantry::text_of(error);
  return text.empty() ? "Unknown error" : std::string(text);
}

HookAnswer to_hook_answer(unsigned status, const json::object& body) {
  return {status, to_json_text(body)};
}

HookAnswer hook_success() {
  return to_hook_answer(200, {{"success", true}});
}

json::object hook_request_json(const HookCall& call, const json::value& content,
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

Result<HookDecision> decide_hook(const domain::Directory& directory,
                                 const script::RunOutcome& outcome, const json::value& content,
                                 std::shared_ptr<const domain::User> account) {
  switch (outcome.status) {
    case RunStatus::Returned:
      break;
    case RunStatus::NoMethod:
      return HookDecision(hook_success());
    case RunStatus::LoadFailed:
      return failure("error-evaluating-script");
    case RunStatus::Threw:
    case RunStatus::LimitExceeded:
    case RunStatus::EngineBusy:
    case RunStatus::EngineFailed:
      return failure("error-running-script");
  }
  if (!outcome.result || !is_truthy(*outcome.result)) return HookDecision(hook_success());
  const json::object* result = outcome.result->if_object();
  if (result == nullptr) return failure("error-running-script");
  if (const json::value* error = find_truthy(*result, "error")) {
    if (!error->is_object()) return failure(to_js_string(*error));
    json::object body = error->get_object();
    body["success"] = false;
    return HookDecision(to_hook_answer(400, body));
  }
  const json::value* made = find_member(*result, "content");
  if (made == nullptr || !made->is_object()) return failure("error-running-script");
  HookPlan plan{made->get_object(), account, {}};
  const json::value* separate =
      content.is_object() ? find_member(content.get_object(), "separateResponse") : nullptr;
  if (separate != nullptr) plan.content.emplace("separateResponse", *separate);
  if (const json::value* user = find_member(*result, "user")) {
    plan.sender = sender_from(directory, *user, std::move(account));
  }
  if (const json::value* response = find_member(*result, "response");
      response != nullptr && response->is_object()) {
    plan.response = response->get_object();
  }
  return HookDecision(std::move(plan));
}

Result<void> check_hook_destination(const domain::Integration& integration, const HookPlan& plan) {
  const bool redirects = find_truthy(plan.content, "channel") != nullptr ||
                         find_truthy(plan.content, "roomId") != nullptr;
  if (redirects && !integration.override_destination) {
    return failure("overriding destination channel is disabled for this integration");
  }
  return Done{};
}

}  // namespace gantry::integrations
