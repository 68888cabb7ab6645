#pragma once
// `gantry serve`, `gantry user`, `gantry token`, `gantry integration`, `gantry openapi`. Exit
// status: 0 done, 1 refused, 2 wrong flag, setting or environment, 3 damaged data.

#include <functional>

#include "app/server.h"

namespace gantry::app {

// Opens the server that `serve` runs; tests put theirs here.
using ServerMaker = std::function<Result<std::unique_ptr<Server>>(Config)>;

int run_command_line(int argc, char** argv, const ServerMaker& make);

}  // namespace gantry::app
