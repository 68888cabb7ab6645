#pragma once
// The other end: what a worker process does. The program's main() calls run_script_worker() when
// its first argument is kScriptWorkerArgument, before it does anything else, and ends with what it
// returns.

#include <string_view>

namespace gantry::integrations::script {

inline constexpr std::string_view kScriptWorkerArgument = "script-worker";
// The descriptor of the socket that a worker finds open.
inline constexpr int kScriptWorkerFile = 3;

int run_script_worker(int file);

}  // namespace gantry::integrations::script
