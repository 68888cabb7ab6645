#pragma once
// What a script worker might try, one function an act. An act makes the call and nothing else; its
// arguments do no harm where it is allowed, since each is also tried without the sandbox.

#include <span>
#include <string>

namespace gantry::sandbox {

struct Act {
  const char* name;
  std::string (*run)();  // "ok", or the name of the error
};

std::span<const Act> file_acts();
std::span<const Act> network_acts();
std::span<const Act> process_acts();
std::span<const Act> privilege_acts();
std::span<const Act> memory_acts();
std::span<const Act> allowed_acts();
std::span<const Act> isolated_acts();

// The outcome of a system call.
std::string said(long result);

// What the probe has open when it is confined.
inline int image_file = -1;
inline int worker_socket = -1;

}  // namespace gantry::sandbox
