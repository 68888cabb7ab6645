#include "app/integration_commands.h"

#include <functional>

#include "api/trials_api.h"
#include "domain/error_codes.h"

namespace gantry::app {
namespace {

using integrations::IntegrationFile;
using integrations::Prune;

bool is_on(const json::object& in, std::string_view key) {
  const json::value* value = find_member(in, key);
  return value != nullptr && is_truthy(*value);
}

std::vector<IntegrationFile> files_of(json::object& in) {
  std::vector<IntegrationFile> out;
  json::value* files = in.if_contains("files");
  if (files == nullptr || !files->is_array()) return out;
  for (json::value& row : files->get_array()) {
    if (!row.is_object()) continue;
    json::object& file = row.get_object();
    IntegrationFile& one = out.emplace_back();
    one.file = text_of(file, "file");
    if (json::value* description = file.if_contains("description");
        description != nullptr && description->is_object()) {
      one.description = std::move(description->get_object());
    }
    if (file.contains("script")) one.script = std::string(text_of(file, "script"));
  }
  return out;
}

Prune prune_of(const json::object& in) {
  return is_on(in, "prune") ? Prune::Yes : Prune::No;
}

json::array rows_of(const integrations::IntegrationFiles::Plan& plan) {
  json::array out;
  for (const auto& change : plan) out.push_back(integrations::to_json(change));
  return out;
}

}  // namespace

void IntegrationCommands::add_to(ControlCommands& commands) {
  commands.add("integration.try", std::bind_front(&IntegrationCommands::run_trial, this));
  commands.add("integration.export", std::bind_front(&IntegrationCommands::export_all, this));
  commands.add("integration.plan", std::bind_front(&IntegrationCommands::plan, this));
  commands.add("integration.apply", std::bind_front(&IntegrationCommands::apply, this));
}

Result<domain::Caller> IntegrationCommands::caller_of(const json::object& in) const {
  domain::Caller caller;
  const std::string name(text_of(in, "as"));
  if (!name.empty()) {
    caller.user = directory_.find_user_by_name(name);
    if (!caller.user) return failure("there is no account \"" + name + "\"");
    return caller;
  }
  for (auto& user : directory_.list_users()) {
    if (!user->active || !user->has_role(domain::kAdminRole)) continue;
    const bool is_older =
        !caller.user || std::tie(user->created_at, user->id.text) <
                            std::tie(caller.user->created_at, caller.user->id.text);
    if (is_older) caller.user = std::move(user);
  }
  if (!caller.user) return failure("there is no active administrator: say --as");
  return caller;
}

Task<json::object> IntegrationCommands::run_trial(json::object in) {
  CO_TRY(domain::Caller caller, caller_of(in));
  json::value body = in.contains("trial") ? std::move(in["trial"]) : json::value(json::object{});
  if (auto wrong =
          wire::validate(wire::shared_schema_of<api::TryScript>(), body, wire::Coercion::Scalars)) {
    co_return failure(*wrong);
  }
  CO_TRY(auto request, api::to_trial_request(wire::from_json<api::TryScript>(std::move(body))));
  co_return co_await trials_.run(std::move(caller), std::move(request));
}

Task<json::object> IntegrationCommands::export_all(json::object in) {
  CO_TRY(domain::Caller caller, caller_of(in));
  CO_TRY(const auto listed, co_await files_.list(std::move(caller)));
  json::array rows;
  for (const domain::Integration& integration : listed) {
    json::object description = integrations::describe(integration);
    if (!is_on(in, "withSecrets")) integrations::leave_out_secrets(description);
    json::object row{{"description", std::move(description)}};
    const std::string script = integration.script.value_or("");
    if (!script.empty()) row["script"] = script;
    rows.push_back(std::move(row));
  }
  co_return json::object{{"integrations", std::move(rows)}};
}

Task<json::object> IntegrationCommands::plan(json::object in) {
  CO_TRY(domain::Caller caller, caller_of(in));
  auto files = files_of(in);
  CO_TRY(const auto plan, co_await files_.plan(std::move(caller), std::move(files), prune_of(in)));
  co_return json::object{{"changes", rows_of(plan)}};
}

Task<json::object> IntegrationCommands::apply(json::object in) {
  CO_TRY(domain::Caller caller, caller_of(in));
  auto files = files_of(in);
  CO_TRY(const auto plan, co_await files_.apply(std::move(caller), std::move(files), prune_of(in)));
  json::object out{{"changes", rows_of(plan)}, {"warnings", json::array{}}};
  // All of it is done, so a fault while looking for warnings is no reason to deny it.
  if (const auto warnings = co_await files_.warnings_of(plan)) {
    out["warnings"] = json::array(warnings->begin(), warnings->end());
  }
  co_return out;
}

}  // namespace gantry::app
