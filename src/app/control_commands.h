#pragma once
// The commands of the administrator's own shell (`gantry user`, `gantry token`): JSON in, JSON
// out. A running server answers them on DIR/control.sock; without one the command line opens the
// data itself and runs the same code.

#include <functional>
#include <map>
#include <string>

#include "base/json.h"
#include "base/task.h"

namespace gantry::app {

class ControlCommands {
 public:
  using Command = std::function<Task<json::object>(json::object arguments)>;

  void add(std::string name, Command command) { commands_[std::move(name)] = std::move(command); }
  // Never fails: errors are {"ok": false, "error": "..."}.
  asio::awaitable<json::object> run(json::object request) const;

 private:
  std::map<std::string, Command> commands_;
};

}  // namespace gantry::app
