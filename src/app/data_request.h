#pragma once
// How a command of the shell reaches the data.

#include "app/config.h"
#include "base/json.h"
#include "base/result.h"

namespace gantry::app {

// Asks the server that holds the data, or opens the data and does it here when there is none.
// Errors: Failure and StorageFailed, naming the path and the remedy; what the command itself
// refuses is an answer whose "ok" is false.
Result<json::object> ask_about_data(const Config& config, json::object request);
// Errors also those of flags and environment.
Result<json::object> ask_about_data(const Flags& flags, json::object request);

bool is_ok(const json::object& reply);

}  // namespace gantry::app
