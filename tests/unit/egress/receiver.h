#pragma once
// A receiver of webhooks on loopback, on a thread of its own, that answers what a test says and
// remembers what it was asked. It can also behave badly: reset, hold, trickle, talk nonsense.

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include "egress/curl_http_client.h"
#include "egress/text.h"

namespace gantry::egress::testing {

struct Seen {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
  unsigned connection = 0;  // counted from 1

  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (equal_ignoring_case(key, name)) return value;
    }
    return "(absent)";
  }
};

struct Answer {
  enum class Then { KeepAlive, Close, Reset, Hold };
  std::string bytes;
  Then then = Then::KeepAlive;
  Milliseconds between_bytes{0};  // more than 0: one byte at a time
  std::string endless;            // sent again and again after `bytes`
};

inline Answer reply(unsigned status, std::string body = "{}",
                    const std::string& more_headers = "") {
  return {"HTTP/1.1 " + std::to_string(status) + " Text\r\nContent-Type: application/json\r\n" +
              more_headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
          Answer::Then::KeepAlive,
          Milliseconds{0},
          {}};
}

inline Answer redirect(unsigned status, const std::string& location) {
  return reply(status, "moved", "Location: " + location + "\r\n");
}

class Receiver {
 public:
  using Handler = std::function<Answer(const Seen&)>;

  explicit Receiver(Handler handler, const std::string& address = "127.0.0.1",
                    asio::ssl::context* tls = nullptr, unsigned short port_wanted = 0)
      : handler_(std::move(handler)),
        tls_(tls),
        acceptor_(io_, ip::tcp::endpoint(ip::make_address(address), port_wanted), true) {
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(io_, accept(this), [](std::exception_ptr) {});
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Receiver() {
    io_.stop();
    thread_.join();
  }

  unsigned short port() const { return port_; }
  unsigned connections() const { return connections_; }
  std::string url(const std::string& target = "/hook") const {
    return "http://127.0.0.1:" + std::to_string(port_) + target;
  }
  std::vector<Seen> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  static asio::awaitable<void> accept(Receiver* self) {
    for (;;) {
      ip::tcp::socket socket = co_await self->acceptor_.async_accept(asio::use_awaitable);
      socket.set_option(ip::tcp::no_delay(true));
      const unsigned number = ++self->connections_;
      asio::co_spawn(self->io_, talk(self, std::move(socket), number), [](std::exception_ptr) {});
    }
  }

  static asio::awaitable<void> talk(Receiver* self, ip::tcp::socket socket, unsigned number) {
    if (self->tls_ == nullptr) {
      co_await serve(self, &socket, &socket, number);
      co_return;
    }
    asio::ssl::stream<ip::tcp::socket> stream(std::move(socket), *self->tls_);
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    co_await serve(self, &stream, &stream.next_layer(), number);
  }

  template <class Stream>
  static asio::awaitable<void> serve(Receiver* self, Stream* stream, ip::tcp::socket* socket,
                                     unsigned number) {
    std::string buffer;
    for (;;) {
      const std::size_t head = co_await asio::async_read_until(
          *stream, asio::dynamic_buffer(buffer), "\r\n\r\n", asio::use_awaitable);
      Seen seen = parse_head(buffer.substr(0, head));
      seen.connection = number;
      const std::string length = seen.header("Content-Length");
      const std::size_t bytes = length == "(absent)" ? 0 : std::stoul(length);
      while (buffer.size() < head + bytes) {
        char more[16384];
        const std::size_t got =
            co_await stream->async_read_some(asio::buffer(more), asio::use_awaitable);
        buffer.append(more, got);
      }
      seen.body = buffer.substr(head, bytes);
      buffer.erase(0, head + bytes);
      const Answer answer = self->handler_(seen);
      {
        const std::lock_guard lock(self->mutex_);
        self->seen_.push_back(seen);
      }
      co_await say(stream, answer);
      if (answer.then == Answer::Then::KeepAlive) continue;
      if (answer.then == Answer::Then::Hold) {
        char byte[1];
        co_await stream->async_read_some(asio::buffer(byte), asio::use_awaitable);
      }
      if (answer.then == Answer::Then::Reset)
        socket->set_option(asio::socket_base::linger(true, 0));
      socket->close();
      co_return;
    }
  }

  template <class Stream>
  static asio::awaitable<void> say(Stream* stream, Answer answer) {
    if (answer.between_bytes == Milliseconds{0}) {
      co_await asio::async_write(*stream, asio::buffer(answer.bytes), asio::use_awaitable);
    } else {
      asio::steady_timer timer(stream->get_executor());
      for (const char& byte : answer.bytes) {
        co_await asio::async_write(*stream, asio::buffer(&byte, 1), asio::use_awaitable);
        timer.expires_after(answer.between_bytes);
        co_await timer.async_wait(asio::use_awaitable);
      }
    }
    while (!answer.endless.empty()) {
      co_await asio::async_write(*stream, asio::buffer(answer.endless), asio::use_awaitable);
    }
  }

  static Seen parse_head(const std::string& head) {
    Seen seen;
    const std::size_t first_end = head.find("\r\n");
    const std::string first = head.substr(0, first_end);
    seen.method = first.substr(0, first.find(' '));
    seen.target = first.substr(seen.method.size() + 1, first.rfind(' ') - seen.method.size() - 1);
    std::size_t at = first_end + 2;
    while (at + 2 < head.size()) {
      const std::size_t end = head.find("\r\n", at);
      const std::string line = head.substr(at, end - at);
      const std::size_t colon = line.find(':');
      seen.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
      at = end + 2;
    }
    return seen;
  }

  Handler handler_;
  asio::ssl::context* tls_;
  asio::io_context io_;
  ip::tcp::acceptor acceptor_;
  unsigned short port_ = 0;
  std::atomic<unsigned> connections_{0};
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::thread thread_;
};

inline AddressPolicy local_policy() {
  return {Reach::LocalAndPublic, nullptr};
}

inline HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  request.policy = local_policy();
  request.timeout = Milliseconds{5000};
  return request;
}

inline HttpRequest post(std::string url, std::string body) {
  HttpRequest request = get(std::move(url));
  request.method = "POST";
  request.body = std::move(body);
  request.headers = {{"User-Agent", "test"}, {"Content-Type", "application/json"}};
  return request;
}

// The context that waits for replies. It outlives every client, as CurlHttpClient wants it.
inline asio::io_context& waiting_context() {
  static thread_local asio::io_context io;
  io.restart();
  return io;
}

inline HttpResult send(HttpClient& client, HttpRequest request) {
  asio::io_context& io = waiting_context();
  auto result = asio::co_spawn(io, client.send(std::move(request)), asio::use_future);
  io.run();
  return result.get();
}

// The reply, or one that tells the failure.
inline HttpReply reply_of(HttpResult result) {
  if (auto* failure = std::get_if<HttpFailure>(&result)) {
    HttpReply none;
    none.body = std::string(to_string(failure->kind)) + " " + failure->code + ": " + failure->text;
    return none;
  }
  return std::get<HttpReply>(std::move(result));
}

// The failure, or one of the kind Other that tells the reply's status.
inline HttpFailure failure_of(HttpResult result) {
  if (auto* got = std::get_if<HttpReply>(&result)) {
    return {HttpFailure::Kind::Other, "none", "a reply with status " + std::to_string(got->status)};
  }
  return std::get<HttpFailure>(std::move(result));
}

inline std::ostream& operator<<(std::ostream& out, const HttpFailure& failure) {
  return out << to_string(failure.kind) << " " << failure.code << ": " << failure.text;
}

}  // namespace gantry::egress::testing

namespace gantry::egress {
inline std::ostream& operator<<(std::ostream& out, HttpFailure::Kind kind) {
  return out << to_string(kind);
}
inline std::ostream& operator<<(std::ostream& out, Verdict verdict) {
  return out << to_words(verdict);
}
}  // namespace gantry::egress
