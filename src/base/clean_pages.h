#pragma once
// Memory that is a file's own bytes and was never written: the kernel may forget it and read it
// again when it is wanted.

#include <cstdint>

namespace gantry {

// The whole pages between the two addresses go out of the resident memory.
void drop_clean_pages(std::uintptr_t begin, std::uintptr_t end);

}  // namespace gantry
