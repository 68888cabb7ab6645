#include "api/script_versions_api.h"

#include "wire/integration_json.h"
#include "wire/script_version_json.h"

namespace gantry::api {
namespace {

using domain::IntegrationId;
using domain::Permission;

const std::vector<Permission> kAnyRight{
    Permission::ManageIncomingIntegrations, Permission::ManageOwnIncomingIntegrations,
    Permission::ManageOutgoingIntegrations, Permission::ManageOwnOutgoingIntegrations};

}  // namespace

void ScriptVersionsApi::add_routes(dispatch::Routes& routes) {
  constexpr auto kNewer = dispatch::Validation::Newer;
  routes.get("/api/v1/integrations.scriptVersions", *this, &ScriptVersionsApi::list,
             {.any_permission = kAnyRight,
              .validation = kNewer,
              .summary = "The versions of an integration's script, newest first"});
  routes.get("/api/v1/integrations.scriptVersion", *this, &ScriptVersionsApi::get,
             {.any_permission = kAnyRight,
              .validation = kNewer,
              .summary = "One version of an integration's script"});
  routes.post("/api/v1/integrations.restoreScript", *this, &ScriptVersionsApi::restore,
              {.any_permission = kAnyRight,
               .validation = kNewer,
               .summary = "Give an integration a former text of its script again"});
}

Task<json::object> ScriptVersionsApi::list(domain::Caller caller, ListScriptVersions in) {
  ListParameters paging;
  paging.offset = in.offset;
  paging.count = in.count;
  const domain::Page page = lists_.read_page(paging);
  CO_TRY(const auto listed,
         co_await versions_.list(std::move(caller), IntegrationId{in.integration_id}, page));
  json::array rows;
  for (const auto& version : listed.items) rows.push_back(wire::to_summary_json(version));
  const std::size_t count = rows.size();
  co_return json::object{{"versions", std::move(rows)},
                         {"count", count},
                         {"offset", page.offset},
                         {"total", listed.total}};
}

Task<ScriptVersionReply> ScriptVersionsApi::get(domain::Caller caller, NamedScriptVersion in) {
  CO_TRY(const auto found,
         co_await versions_.get(std::move(caller), IntegrationId{in.integration_id}, in.version));
  co_return ScriptVersionReply{wire::to_json(found)};
}

Task<IntegrationReply> ScriptVersionsApi::restore(domain::Caller caller, NamedScriptVersion in) {
  CO_TRY(const auto changed, co_await versions_.restore(
                                 std::move(caller), IntegrationId{in.integration_id}, in.version));
  co_return IntegrationReply{wire::to_json(changed, wire::ScriptErrorKey::OnFailure)};
}

}  // namespace gantry::api
