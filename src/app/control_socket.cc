#include "app/control_socket.h"

#include <cstring>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/error_codes.h"

namespace gantry::app {
namespace {

using Protocol = asio::local::stream_protocol;

constexpr std::size_t kReplyBytesMax = 64 * 1024 * 1024;

class SocketLines final : public LineSink {
 public:
  explicit SocketLines(Protocol::socket& socket) : socket_(socket) {}

  asio::awaitable<bool> write(json::object line) override {
    const std::string text = to_json_text(line) + "\n";
    boost::system::error_code error;
    co_await asio::async_write(socket_, asio::buffer(text),
                               asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }
  void on_hang_up(std::function<void()> call) override { call_ = std::move(call); }
  void hang_up() {
    if (auto call = std::exchange(call_, nullptr)) call();
  }

 private:
  Protocol::socket& socket_;
  std::function<void()> call_;
};

// The reader has nothing more to say, so whatever comes is its end. Ends with the socket.
asio::awaitable<void> watch_for_end(std::shared_ptr<Protocol::socket> socket,
                                    std::shared_ptr<SocketLines> lines) {
  char unused = 0;
  boost::system::error_code error;
  co_await socket->async_read_some(asio::buffer(&unused, 1),
                                   asio::redirect_error(asio::use_awaitable, error));
  lines->hang_up();
}

Protocol::socket connect(asio::io_context& io, const std::string& path,
                         boost::system::error_code& error) {
  Protocol::socket socket(io);
  if (path.size() < sizeof(sockaddr_un::sun_path)) {
    socket.connect(Protocol::endpoint(path), error);
  } else {
    error = asio::error::name_too_long;
  }
  return socket;
}

Error no_answer(const std::string& path, const boost::system::error_code& error) {
  return failure(
      path + ": " + error.message() +
      "; whoever holds the data is starting, stopping or busy with a command: try again");
}

}  // namespace

ControlSocket::ControlSocket(asio::io_context& io, const ControlCommands& commands,
                             TaskGroup& tasks)
    : strand_(asio::make_strand(io)), acceptor_(strand_), commands_(commands), tasks_(tasks) {}

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
  tasks_.spawn_on(strand_, "control socket", accept());
  return Done{};
}

void ControlSocket::stop() {
  asio::post(strand_, [this] {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (Socket* socket : asked_for_request_) socket->close(ignored);
  });
  if (!path_.empty()) ::unlink(path_.c_str());
}

asio::awaitable<void> ControlSocket::accept() {
  for (;;) {
    boost::system::error_code error;
    auto socket = std::make_shared<Socket>(
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error)));
    if (error) co_return;
    tasks_.spawn_on(strand_, "control connection", serve(std::move(socket)));
  }
}

asio::awaitable<void> ControlSocket::serve(std::shared_ptr<Socket> socket) {
  std::string line;
  boost::system::error_code error;
  asked_for_request_.insert(socket.get());
  const std::size_t size =
      co_await asio::async_read_until(*socket, asio::dynamic_buffer(line, kControlLineBytesMax),
                                      '\n', asio::redirect_error(asio::use_awaitable, error));
  asked_for_request_.erase(socket.get());
  if (error) co_return;
  json::object reply{{"ok", false}, {"error", "not a JSON object"}};
  auto request =
      parse_json(std::string_view(line).substr(0, size), {.bytes_max = kControlLineBytesMax});
  if (request && request->is_object()) {
    json::object& asked = request->get_object();
    if (const auto* stream = commands_.find_stream(text_of(asked, "command"))) {
      co_await run_stream(socket, *stream, std::move(asked));
      co_return;
    }
    reply = co_await commands_.run(std::move(asked));
  }
  SocketLines lines(*socket);
  co_await lines.write(std::move(reply));
}

asio::awaitable<void> ControlSocket::run_stream(std::shared_ptr<Socket> socket,
                                                const ControlCommands::Stream& stream,
                                                json::object request) {
  const auto lines = std::make_shared<SocketLines>(*socket);
  tasks_.spawn_on(strand_, "control hang-up", watch_for_end(socket, lines));
  co_await stream(std::move(request), *lines);
  lines->on_hang_up(nullptr);
  boost::system::error_code ignored;
  socket->close(ignored);
}

Result<json::object> ask_server(const std::string& path, const json::object& request) {
  asio::io_context io;
  boost::system::error_code error;
  Protocol::socket socket = connect(io, path, error);
  std::string line;
  if (!error) asio::write(socket, asio::buffer(to_json_text(request) + "\n"), error);
  if (!error) asio::read_until(socket, asio::dynamic_buffer(line, kReplyBytesMax), '\n', error);
  if (error) return no_answer(path, error);
  auto reply = parse_json(line, {.bytes_max = kReplyBytesMax});
  if (!reply || !reply->is_object()) return failure(path + ": the server's answer is not JSON");
  return std::move(reply->get_object());
}

Result<void> follow_server(const std::string& path, const json::object& request,
                           const std::function<bool(const json::object& line)>& take) {
  asio::io_context io;
  boost::system::error_code error;
  Protocol::socket socket = connect(io, path, error);
  if (!error) asio::write(socket, asio::buffer(to_json_text(request) + "\n"), error);
  if (error) return no_answer(path, error);
  std::string text;
  for (;;) {
    const std::size_t size =
        asio::read_until(socket, asio::dynamic_buffer(text, kControlLineBytesMax), '\n', error);
    if (error) return Done{};
    const auto line = parse_json(std::string_view(text).substr(0, size));
    if (!line || !line->is_object()) return failure(path + ": the server's answer is not JSON");
    if (!take(line->get_object())) return Done{};
    text.erase(0, size);
  }
}

}  // namespace gantry::app
