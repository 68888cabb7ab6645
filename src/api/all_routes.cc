#include "api/all_routes.h"

namespace gantry::api {

AllRoutes::AllRoutes(const Services& services, ServerInfo info)
    : lists_(services.directory, services.unsafe_parameters),
      info_(std::move(info), routes_, services.directory),
      sessions_(services.sessions, services.directory),
      channels_(services.rooms, services.directory, lists_),
      groups_(services.rooms, services.directory, lists_),
      direct_(services.rooms, services.directory, lists_),
      rooms_(services.rooms, services.directory),
      subscriptions_(services.rooms, services.directory),
      room_integrations_(services.directory, lists_),
      integrations_(services.integrations, lists_),
      hooks_(services.hooks, services.integrations, services.clock) {
  info_.add_routes(routes_);
  sessions_.add_routes(routes_);
  channels_.add_routes(routes_);
  groups_.add_routes(routes_);
  direct_.add_routes(routes_);
  rooms_.add_routes(routes_);
  subscriptions_.add_routes(routes_);
  room_integrations_.add_routes(routes_);
  integrations_.add_routes(routes_);
  hooks_.add_routes(routes_);
}

}  // namespace gantry::api
