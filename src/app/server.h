#pragma once
// The composition root: everything is made here, in reading order, and taken down in reverse.
// open() prepares data and services; run() serves until stop is asked for.

#include <memory>
#include <string>

#include "app/config.h"
#include "base/json.h"
#include "base/result.h"

namespace gantry::app {

class Server {
 public:
  // Opens the data and makes the services; nothing listens yet. Errors name the path or flag.
  static Result<std::unique_ptr<Server>> open(Config config);
  ~Server();

  // Listens and serves until SIGINT, SIGTERM or stop(). Blocks.
  Result<void> run();
  // One command of the administrator, without listening. Blocks.
  json::object run_command(json::object request);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// The OpenAPI description, which needs no data.
json::object describe_api();

}  // namespace gantry::app
