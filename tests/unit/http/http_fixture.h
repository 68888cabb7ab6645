#pragma once
// A real server on a free port of the loopback, with its own threads, and a client that writes
// bytes as the test wants them. Waiting is bounded by kPatience, which only a failure reaches.

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/header_tokens.h"
#include "http/server.h"

namespace gantry::http {

inline constexpr std::chrono::seconds kPatience{20};

// Looks until it holds, or the patience ends.
inline bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

class FunctionService final : public Service {
 public:
  std::function<Answer(Request)> answer = [](Request request) {
    Response reply;
    reply.content_type = "text/plain";
    reply.body = std::string(to_text(request.method)) + " " + request.target + " " + request.body;
    return reply;
  };
  std::size_t body_max = 1024 * 1024;

  std::size_t body_bytes_max(Method /*method*/, std::string_view /*path*/) const override {
    return body_max;
  }
  Answer serve(Request request) override { return answer(std::move(request)); }
};

class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, std::size_t threads = 1)
      : io_(static_cast<int>(threads)), work_(io_.get_executor()) {
    if (options.listen.empty()) options.listen = {{"127.0.0.1", 0}};
    options.limits.sweep_interval = std::chrono::milliseconds(5);
    options.threads = threads;
    server_.emplace(io_, std::move(options), service);
    const auto started = server_->start();
    if (!started) throw std::runtime_error(started.error().message);
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  ~TestServer() { join(); }

  // Ends the server and its threads.
  void join() {
    server_.reset();
    work_.reset();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

  FunctionService service;

  Server& server() { return *server_; }
  asio::io_context& io() { return io_; }
  std::uint16_t port(std::size_t index = 0) const { return server_->endpoints()[index].port; }
  std::future<std::size_t> stop(std::chrono::milliseconds grace) {
    return asio::co_spawn(io_, server_->stop(grace), asio::use_future);
  }

 private:
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::optional<Server> server_;
  std::vector<std::thread> threads_;
};

struct Reply {
  unsigned status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string head;
  std::string body;

  std::string header(const std::string& name) const {
    const auto at = headers.find(name);
    return at == headers.end() ? std::string() : at->second;
  }
};

// Reads replies from any source of bytes; an empty piece is the end.
class ReplyReader {
 public:
  explicit ReplyReader(std::function<std::string()> more) : more_(std::move(more)) {}

  enum class Body { Expected, None };

  // Status 0 at the end of the stream.
  Reply read(Body body = Body::Expected) {
    Reply reply;
    while (bytes_.find("\r\n\r\n") == std::string::npos) {
      if (!fill()) return reply;
    }
    const std::size_t end = bytes_.find("\r\n\r\n");
    reply.head = bytes_.substr(0, end + 2);
    bytes_.erase(0, end + 4);
    parse_head(reply);
    if (body == Body::None) return reply;
    const std::string length = reply.header("content-length");
    const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
    while (bytes_.size() < wanted && fill()) {
    }
    reply.body = bytes_.substr(0, wanted);
    bytes_.erase(0, wanted);
    return reply;
  }

  // Everything up to the end of the stream.
  std::string rest() {
    while (fill()) {
    }
    return std::exchange(bytes_, {});
  }

 private:
  bool fill() {
    const std::string piece = more_();
    bytes_ += piece;
    return !piece.empty();
  }

  static void parse_head(Reply& reply) {
    reply.status = static_cast<unsigned>(std::stoul(reply.head.substr(9, 3)));
    std::size_t at = reply.head.find("\r\n") + 2;
    while (at < reply.head.size()) {
      const std::size_t end = reply.head.find("\r\n", at);
      const std::string line = reply.head.substr(at, end - at);
      const std::size_t colon = line.find(": ");
      std::string name = line.substr(0, colon);
      for (char& c : name) c = static_cast<char>(std::tolower(c));
      reply.headers.emplace(name, line.substr(colon + 2));
      at = end + 2;
    }
  }

  std::function<std::string()> more_;
  std::string bytes_;
};

class Client {
 public:
  explicit Client(std::uint16_t port, const char* address = "127.0.0.1")
      : reader_([this] { return receive(); }) {
    const bool v6 = std::string_view(address).find(':') != std::string_view::npos;
    socket_ = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    const timeval patience{kPatience.count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in6 to6{};
    to6.sin6_family = AF_INET6;
    to6.sin6_port = htons(port);
    sockaddr_in to4{};
    to4.sin_family = AF_INET;
    to4.sin_port = htons(port);
    int outcome = 0;
    if (v6) {
      ::inet_pton(AF_INET6, address, &to6.sin6_addr);
      outcome = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to6), sizeof to6);
    } else {
      ::inet_pton(AF_INET, address, &to4.sin_addr);
      outcome = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to4), sizeof to4);
    }
    connected_ = outcome == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  int descriptor() const { return socket_; }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }
  Reply read(ReplyReader::Body body = ReplyReader::Body::Expected) { return reader_.read(body); }
  std::string rest() { return reader_.rest(); }
  Reply ask(std::string_view request) {
    send(request);
    return read();
  }

 private:
  std::string receive() {
    char block[65536];
    const ssize_t got = ::recv(socket_, block, sizeof block, 0);
    return got > 0 ? std::string(block, static_cast<std::size_t>(got)) : std::string();
  }

  int socket_ = -1;
  bool connected_ = false;
  ReplyReader reader_;
};

inline std::string get(std::string_view target, std::string_view headers = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

inline std::string post(std::string_view target, std::string_view body,
                        std::string_view headers = "") {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace gantry::http
