#include "app/control_commands.h"

#include "base/log.h"
#include "domain/error_codes.h"

namespace gantry::app {

const ControlCommands::Stream* ControlCommands::find_stream(std::string_view name) const {
  const auto at = streams_.find(name);
  return at == streams_.end() ? nullptr : &at->second;
}

asio::awaitable<json::object> ControlCommands::run(json::object request) const {
  const std::string name(text_of(request, "command"));
  const auto at = commands_.find(name);
  if (at == commands_.end()) {
    co_return json::object{{"ok", false}, {"error", "unknown command \"" + name + "\""}};
  }
  try {
    Result<json::object> result = co_await at->second(std::move(request));
    if (!result) {
      json::object refusal{{"ok", false}, {"error", text_of(result.error())}};
      if (result.error().code == ErrorCode::StorageFailed) refusal["damaged"] = true;
      co_return refusal;
    }
    json::object reply = *std::move(result);
    reply["ok"] = true;
    co_return reply;
  } catch (const std::exception& fault) {
    log::error("command failed", {{"command", name}, {"fault", fault.what()}});
    co_return json::object{{"ok", false}, {"error", fault.what()}};
  }
}

}  // namespace gantry::app
