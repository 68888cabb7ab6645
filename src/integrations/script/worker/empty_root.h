#pragma once
// Moves a worker process, which has one thread, into namespaces of its own: no user that the
// machine knows, an empty directory as root that nobody can write to, no network, no capability.
// The list of system calls forbids what would need these; this holds if that list did not.

#include <string>

namespace gantry::integrations::script {

// Empty when all was done; else what the kernel refused: then it may see what its user sees, and
// only the list keeps it from that.
std::string leave_the_machine();

}  // namespace gantry::integrations::script
