#pragma once
// What the server is and whether it lives: /, /api/info, /livez, /readyz, /api/docs.

#include <atomic>

#include "dispatch/routes.h"
#include "domain/directory.h"

namespace gantry::api {

struct ServerInfo {
  std::string version;         // of Gantry
  std::string compat_version;  // the Rocket.Chat version that clients are told
  std::string path_prefix;     // of ROOT_URL
  std::string notice;          // for whoever looks whether it is ready; mostly empty
};

class InfoApi {
 public:
  InfoApi(ServerInfo info, const dispatch::Routes& routes, const domain::Directory& directory)
      : info_(std::move(info)), routes_(routes), directory_(directory) {}

  void add_routes(dispatch::Routes& routes);
  // From the start of the shutdown on, /readyz refuses.
  void set_ready(bool ready) { ready_.store(ready); }

 private:
  Result<json::object> info(domain::Caller caller, dispatch::NoParameters in);
  Result<dispatch::Reply> root(domain::Caller caller, dispatch::NoParameters in);
  Result<dispatch::Reply> livez(domain::Caller caller, dispatch::NoParameters in);
  Result<dispatch::Reply> readyz(domain::Caller caller, dispatch::NoParameters in);
  Result<dispatch::Reply> openapi(domain::Caller caller, dispatch::NoParameters in);

  std::string state_text() const;

  const ServerInfo info_;
  const dispatch::Routes& routes_;
  const domain::Directory& directory_;
  std::atomic<bool> ready_{true};
};

}  // namespace gantry::api
