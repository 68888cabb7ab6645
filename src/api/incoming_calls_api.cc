#include "api/incoming_calls_api.h"

#include "api/date_parameter.h"
#include "wire/incoming_call_json.h"

namespace gantry::api {
namespace {

using domain::Permission;

const std::vector<Permission> kIncomingRight{Permission::ManageIncomingIntegrations,
                                             Permission::ManageOwnIncomingIntegrations};

}  // namespace

void IncomingCallsApi::add_routes(dispatch::Routes& routes) {
  constexpr auto kNewer = dispatch::Validation::Newer;
  routes.get("/api/v1/integrations.incomingCalls", *this, &IncomingCallsApi::list,
             {.any_permission = kIncomingRight,
              .validation = kNewer,
              .summary = "The calls of an incoming integration, newest first"});
  routes.get("/api/v1/integrations.incomingCall", *this, &IncomingCallsApi::get,
             {.any_permission = kIncomingRight,
              .validation = kNewer,
              .summary = "One call of an incoming integration"});
}

Task<json::object> IncomingCallsApi::list(domain::Caller caller, ListIncomingCalls in) {
  domain::IncomingCallRange range;
  range.integration = domain::IntegrationId{std::move(in.integration_id)};
  if (in.status) range.ok = *in.status == "ok";
  CO_TRY(range.from, read_date("from", in.from.value_or("")));
  CO_TRY(range.to, read_date("to", in.to.value_or("")));
  ListParameters paging;
  paging.offset = in.offset;
  paging.count = in.count;
  const domain::Page page = lists_.read_page(paging);
  CO_TRY(const auto listed, co_await calls_.list(std::move(caller), std::move(range), page));
  json::array rows;
  for (const domain::LoggedCall& call : listed.items) rows.push_back(wire::to_summary_json(call));
  const std::size_t count = rows.size();
  co_return json::object{{"calls", std::move(rows)},
                         {"count", count},
                         {"offset", page.offset},
                         {"total", listed.total}};
}

Task<IncomingCallReply> IncomingCallsApi::get(domain::Caller caller, GetIncomingCall in) {
  CO_TRY(const domain::LoggedCall call, co_await calls_.get(std::move(caller), std::move(in.id)));
  co_return IncomingCallReply{wire::to_json(call)};
}

}  // namespace gantry::api
