#pragma once
// /hooks/...: calls of incoming webhooks, and the helper routes for tools that make webhooks.
// Source: contract "integrations" 7.

#include "dispatch/routes.h"
#include "domain/integration_service.h"
#include "integrations/incoming/incoming_hook.h"

namespace gantry::api {

class HooksApi {
 public:
  HooksApi(integrations::IncomingHooks& hooks, domain::IntegrationService& integrations,
           const Clock& clock)
      : hooks_(hooks), integrations_(integrations), clock_(clock) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<dispatch::Reply> execute(domain::Caller caller, dispatch::RawRequest in);
  Result<dispatch::Reply> sample(domain::Caller caller, dispatch::RawRequest in);
  Result<dispatch::Reply> info(domain::Caller caller, dispatch::RawRequest in);
  Task<dispatch::Reply> add(domain::Caller caller, dispatch::RawRequest in);
  Task<dispatch::Reply> remove(domain::Caller caller, dispatch::RawRequest in);

  dispatch::RouteOptions hook_options(std::string summary) const;
  Result<integrations::IncomingHooks::Opened> open(const dispatch::RawRequest& in) const;

  integrations::IncomingHooks& hooks_;
  domain::IntegrationService& integrations_;
  const Clock& clock_;
};

}  // namespace gantry::api
