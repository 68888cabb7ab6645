#pragma once
// Memory goes back to the system when it is not needed any more.

namespace gantry::app {

// Large blocks get pages of their own, which leave with them; otherwise the heap learns to keep
// them. To be called before there are threads.
void keep_large_blocks_apart();

// What only the start needed: free memory of the heap, and the pages of program and libraries,
// which are read again from the file when they are wanted.
void give_back_start_memory();

}  // namespace gantry::app
