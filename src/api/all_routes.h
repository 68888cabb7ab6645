#pragma once
// The table of contents of the API: every family, in reading order.

#include "api/info_api.h"
#include "api/session_api.h"

namespace gantry::api {

// The domain services that the families stand on.
struct Services {
  domain::SessionService& sessions;
  const domain::Directory& directory;
};

class AllRoutes {
 public:
  AllRoutes(const Services& services, ServerInfo info);

  const dispatch::Routes& routes() const { return routes_; }
  InfoApi& info() { return info_; }

 private:
  dispatch::Routes routes_;
  InfoApi info_;
  SessionApi sessions_;
};

}  // namespace gantry::api
