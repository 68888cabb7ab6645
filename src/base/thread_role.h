#pragma once
// What a thread is for: its name in the system's tools, and who goes first where cores are few.

#include <sys/types.h>

namespace gantry {

enum class ThreadRole {
  Serving,     // somebody waits for each of its steps: it runs as soon as it can
  Background,  // works through what is queued: it waits for its turn and interrupts nobody
};

// For the calling thread, at its beginning; processes that it starts inherit the role. The name has
// at most 15 characters.
void enter_thread(const char* name, ThreadRole role);

// For another process of ours whose work may wait: it gets what no other program wants.
void step_aside(pid_t process);
// It takes its turns in the background again; false where the system does not allow that.
bool come_forward(pid_t process);

}  // namespace gantry
