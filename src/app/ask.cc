#include "app/ask.h"

#include <iostream>

#include "app/control_socket.h"
#include "app/data_directory.h"
#include "app/server.h"
#include "base/log.h"
#include "domain/error_codes.h"

namespace gantry::app {

int report(const Error& error) {
  std::cerr << "gantry: " << text_of(error) << std::endl;
  return error.code == ErrorCode::StorageFailed ? kDamagedData : kWrongSetup;
}

Result<json::object> ask(const Flags& flags, json::object request) {
  TRY(Config config, make_config(flags));
  if (DataDirectory::is_locked(config.data)) {
    return ask_server(config.data + "/control.sock", request);
  }
  log::set_level(log::Level::Warn);
  TRY(const auto server, Server::open(std::move(config), {}));
  return server->run_command(std::move(request));
}

bool is_ok(const json::object& reply) {
  return reply.contains("ok") && reply.at("ok") == json::value(true);
}

}  // namespace gantry::app
