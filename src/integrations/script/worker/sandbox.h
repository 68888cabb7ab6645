#pragma once
// Takes from a worker process what it does not need, in two steps: before anything else
// (descriptors, death with the server, a stack that is large enough) and once the engine is ready
// (limits and the list of system calls). A process that cannot be confined does not run scripts.

#include <cstddef>
#include <string>

namespace gantry::integrations::script {

// Both throw std::runtime_error when the kernel refuses. Namespaces of its own are no condition:
// the second gives why there are none, or nothing.
void prepare_process(int keep_file);
std::string confine_process(std::size_t states_max);

}  // namespace gantry::integrations::script
