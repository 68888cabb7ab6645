#pragma once
// gantry.status: how the server is, for who operates it; ours alone.

#include <functional>

#include "dispatch/routes.h"

namespace gantry::api {

class StatusApi {
 public:
  using Report = std::function<Task<json::object>()>;

  explicit StatusApi(Report report) : report_(std::move(report)) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> status(domain::Caller caller, dispatch::NoParameters in);

  const Report report_;
};

}  // namespace gantry::api
