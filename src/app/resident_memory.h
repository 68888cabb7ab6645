#pragma once
// What only the start needed goes back to the system: free memory of the heap, and the pages of
// program and libraries, which are read again from the file when they are wanted.

namespace gantry::app {

void give_back_start_memory();

}  // namespace gantry::app
