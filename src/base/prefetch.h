#pragma once
// Asks for memory that will be read soon, so that several waits for it pass at the same time. Costs
// little where the memory is near already; an address that is not there does no harm.

namespace gantry {

inline void prefetch(const void* address) {
  __builtin_prefetch(address);
}

}  // namespace gantry
