#pragma once
// What server and worker agree on about the worker's process.

#include <cstddef>

namespace gantry::integrations::script {

// The descriptors that a worker finds open: its socket, and the program that it is.
inline constexpr int kScriptWorkerFile = 3;
inline constexpr int kScriptWorkerProgramFile = 4;

// More than the server ever asks one worker to keep.
inline constexpr std::size_t kWorkerStatesMax = 512;

// All that a worker does; gives the exit code.
int run_script_worker(int file);

}  // namespace gantry::integrations::script
