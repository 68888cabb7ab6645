#include "api/status_api.h"

namespace gantry::api {

void StatusApi::add_routes(dispatch::Routes& routes) {
  routes.get("/api/v1/gantry.status", *this, &StatusApi::status,
             {.any_permission = {domain::Permission::ViewStatistics},
              .summary = "How the server is: store, deliveries, scripts, refusals, pruning"});
}

Task<json::object> StatusApi::status(domain::Caller, dispatch::NoParameters) {
  co_return co_await report_();
}

}  // namespace gantry::api
