#pragma once
// `gantry serve`, `gantry user`, `gantry token`, `gantry openapi`. Exit status: 0 done, 1 refused,
// 2 wrong flag, setting or environment, 3 damaged data.

namespace gantry::app {

int run_command_line(int argc, char** argv);

}  // namespace gantry::app
