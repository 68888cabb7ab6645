#pragma once
// DIR/control.sock (mode 0600): one JSON object a line each way, many of them back from a stream.
// Who can open it owns the data anyway, so there is no login. Lives on a strand of its own.

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/strand.hpp>

#include "app/control_commands.h"
#include "base/task_group.h"

namespace gantry::app {

inline constexpr std::size_t kControlLineBytesMax = 64 * 1024 * 1024;

class ControlSocket {
 public:
  ControlSocket(asio::io_context& io, const ControlCommands& commands, TaskGroup& tasks);

  Result<void> start(const std::string& path);
  // Nobody is heard from now on; commands that run still answer.
  void stop();

 private:
  using Socket = asio::local::stream_protocol::socket;

  asio::awaitable<void> accept();
  asio::awaitable<void> serve(std::shared_ptr<Socket> socket);
  asio::awaitable<void> run_stream(std::shared_ptr<Socket> socket,
                                   const ControlCommands::Stream& stream, json::object request);

  asio::strand<asio::io_context::executor_type> strand_;
  asio::local::stream_protocol::acceptor acceptor_;
  const ControlCommands& commands_;
  TaskGroup& tasks_;
  std::string path_;
  std::unordered_set<Socket*> asked_for_request_;  // on the strand
};

// The client's side: the reply of the server, or an error that says that none listens there.
Result<json::object> ask_server(const std::string& path, const json::object& request);
// The same for a stream: hands each line on until `take` gives false or the server ends it.
Result<void> follow_server(const std::string& path, const json::object& request,
                           const std::function<bool(const json::object& line)>& take);

}  // namespace gantry::app
