#pragma once
// Memory that is a file's own bytes and was never written: the kernel may forget it and read it
// again when it is wanted.

#include <span>

namespace gantry {

// The whole pages inside go out of the resident memory.
void drop_clean_pages(std::span<const char> bytes);

}  // namespace gantry
