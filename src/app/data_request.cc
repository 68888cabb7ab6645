#include "app/data_request.h"

#include "app/control_socket.h"
#include "app/data_directory.h"
#include "app/server.h"
#include "base/log.h"

namespace gantry::app {

Result<json::object> ask_about_data(const Config& config, json::object request) {
  if (DataDirectory::is_locked(config.data)) {
    return ask_server(config.data + "/control.sock", request);
  }
  log::set_level(log::Level::Warn);
  TRY(const auto server, Server::open(config, {}));
  return server->run_command(std::move(request));
}

Result<json::object> ask_about_data(const Flags& flags, json::object request) {
  TRY(const Config config, make_config(flags));
  return ask_about_data(config, std::move(request));
}

bool is_ok(const json::object& reply) {
  return reply.contains("ok") && reply.at("ok") == json::value(true);
}

}  // namespace gantry::app
