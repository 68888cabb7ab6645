#pragma once
// The composition root: everything is made here, in reading order, and taken down in reverse.
// open() prepares data and services; run() serves until it is asked to stop.

#include <functional>
#include <memory>
#include <string>

#include "app/config.h"
#include "app/control_commands.h"
#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace gantry::domain {
class EventFollower;
class Store;
}  // namespace gantry::domain

namespace gantry::app {

// What tests put in the place of the real thing, or before it; empty members mean the real thing.
struct Seams {
  std::unique_ptr<Clock> clock;
  std::function<std::unique_ptr<domain::Store>(domain::Store&)> before_store;
  std::function<std::unique_ptr<domain::EventFollower>(domain::EventFollower&)> before_scheduler;
};

class Server {
 public:
  // Opens the data and makes the services; nothing listens yet. Errors name the path or flag.
  static Result<std::unique_ptr<Server>> open(Config config, Seams seams);
  ~Server();

  // Listens and serves until SIGINT or SIGTERM. Blocks.
  Result<void> run();
  // One command of the administrator, without listening. Blocks.
  json::object run_command(json::object request);
  json::object describe_api() const;

  // Before run(): a further command of the control socket.
  void add_command(std::string name, ControlCommands::Command command);
  // The clock was moved: what waits for a time looks at it now.
  void look_at_clock();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// The OpenAPI description, from an empty workspace in a temporary directory.
json::object describe_api();

}  // namespace gantry::app
