#pragma once
// The timer that ends a script's computing, made as workers make theirs: before the confinement.

#include <string>

namespace gantry::sandbox {

void make_timer();
// Spins until the timer stops it: "ok".
std::string compute_until_stopped();

}  // namespace gantry::sandbox
