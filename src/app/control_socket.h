#pragma once
// DIR/control.sock (mode 0600): one JSON object a line each way. Who can open it owns the data
// anyway, so there is no login.

#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "app/control_commands.h"
#include "base/task_group.h"

namespace gantry::app {

inline constexpr std::size_t kControlLineBytesMax = 64 * 1024 * 1024;

class ControlSocket {
 public:
  ControlSocket(asio::io_context& io, const ControlCommands& commands, TaskGroup& tasks);

  Result<void> start(const std::string& path);
  void stop();

 private:
  asio::awaitable<void> accept();
  asio::awaitable<void> serve(asio::local::stream_protocol::socket socket);

  asio::local::stream_protocol::acceptor acceptor_;
  const ControlCommands& commands_;
  TaskGroup& tasks_;
  std::string path_;
};

// The client's side: the reply of the server, or an error that says that none listens there.
Result<json::object> ask_server(const std::string& path, const json::object& request);

}  // namespace gantry::app
