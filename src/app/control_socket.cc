#include "app/control_socket.h"

#include <cstring>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/error_codes.h"

namespace gantry::app {
namespace {

using Protocol = asio::local::stream_protocol;

}  // namespace

ControlSocket::ControlSocket(asio::io_context& io, const ControlCommands& commands,
                             TaskGroup& tasks)
    : acceptor_(io), commands_(commands), tasks_(tasks) {}

Result<void> ControlSocket::start(const std::string& path) {
  // The directory is locked, so a socket that is there belongs to a server that is gone.
  ::unlink(path.c_str());
  path_ = path;
  boost::system::error_code error;
  acceptor_.open(Protocol(), error);
  if (!error && path.size() >= sizeof(sockaddr_un::sun_path)) {
    return failure(path + ": the path is too long for a socket; choose a shorter --data");
  }
  const mode_t old_mask = ::umask(0177);
  if (!error) acceptor_.bind(Protocol::endpoint(path), error);
  ::umask(old_mask);
  if (!error) acceptor_.listen(16, error);
  if (error) return failure(path + ": " + error.message());
  tasks_.spawn("control socket", accept());
  return Done{};
}

void ControlSocket::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  if (!path_.empty()) ::unlink(path_.c_str());
}

asio::awaitable<void> ControlSocket::accept() {
  for (;;) {
    boost::system::error_code error;
    Protocol::socket socket =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    tasks_.spawn("control connection", serve(std::move(socket)));
  }
}

asio::awaitable<void> ControlSocket::serve(Protocol::socket socket) {
  std::string line;
  boost::system::error_code error;
  const std::size_t size =
      co_await asio::async_read_until(socket, asio::dynamic_buffer(line, kControlLineBytesMax),
                                      '\n', asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  json::object reply{{"ok", false}, {"error", "not a JSON object"}};
  auto request =
      parse_json(std::string_view(line).substr(0, size), {.bytes_max = kControlLineBytesMax});
  if (request && request->is_object()) {
    reply = co_await commands_.run(std::move(request->get_object()));
  }
  const std::string text = to_json_text(reply) + "\n";
  co_await asio::async_write(socket, asio::buffer(text),
                             asio::redirect_error(asio::use_awaitable, error));
}

Result<json::object> ask_server(const std::string& path, const json::object& request) {
  asio::io_context io;
  Protocol::socket socket(io);
  boost::system::error_code error;
  if (path.size() < sizeof(sockaddr_un::sun_path)) {
    socket.connect(Protocol::endpoint(path), error);
  } else {
    error = asio::error::name_too_long;
  }
  std::string line;
  if (!error) asio::write(socket, asio::buffer(to_json_text(request) + "\n"), error);
  if (!error)
    asio::read_until(socket, asio::dynamic_buffer(line, kControlLineBytesMax), '\n', error);
  if (error) return failure(path + ": " + error.message());
  auto reply = parse_json(line, {.bytes_max = kControlLineBytesMax});
  if (!reply || !reply->is_object()) return failure(path + ": the server's answer is not JSON");
  return std::move(reply->get_object());
}

}  // namespace gantry::app
