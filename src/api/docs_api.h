#pragma once
// /api/docs: the packaged viewer over /api/openapi.json, from inside the binary.

#include "dispatch/routes.h"

namespace gantry::api {

class DocsApi {
 public:
  void add_routes(dispatch::Routes& routes);

 private:
  Result<dispatch::Reply> page(domain::Caller caller, dispatch::NoParameters in);
  Result<dispatch::Reply> file(domain::Caller caller, dispatch::RawRequest in);
};

}  // namespace gantry::api
