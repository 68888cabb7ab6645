#include "api/all_routes.h"

namespace gantry::api {

AllRoutes::AllRoutes(const Services& services, ServerInfo info)
    : info_(std::move(info), routes_, services.directory),
      sessions_(services.sessions, services.directory) {
  info_.add_routes(routes_);
  sessions_.add_routes(routes_);
}

}  // namespace gantry::api
