#pragma once
// How a command of the command line reaches the data: the server that holds it answers, or the
// data is opened here when there is none.

#include "app/config.h"
#include "base/json.h"

namespace gantry::app {

// Exit statuses of all commands.
inline constexpr int kRefused = 1;
inline constexpr int kWrongSetup = 2;
inline constexpr int kDamagedData = 3;

// Says it on standard error and gives the exit status.
int report(const Error& error);

// The reply, whose `ok` tells whether it did what was asked. Errors: those of the setup.
Result<json::object> ask(const Flags& flags, json::object request);
bool is_ok(const json::object& reply);

}  // namespace gantry::app
