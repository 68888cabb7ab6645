#pragma once
// How a command of the shell ends: its status, and the line that says why it failed.

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace gantry::app {

struct Flags;

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kWrongSetup = 2;
inline constexpr int kDamagedData = 3;

// Prints the error and gives the status that it leads to.
int report_error(const Error& error);

// Every command that works on data has it.
void add_data_flag(CLI::App& app, Flags& flags);

}  // namespace gantry::app
