#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/server.h"
#include "http_fixture.h"

namespace gantry::http {
namespace {

using std::chrono::milliseconds;

// Answers wait until the gate is opened. Join the server before the gate goes.
class Gate {
 public:
  explicit Gate(asio::io_context& io) : io_(io), timer_(io) {
    timer_.expires_at(std::chrono::steady_clock::time_point::max());
  }

  asio::awaitable<Response> pass() {
    waiting_ += 1;
    boost::system::error_code opened;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, opened));
    Response reply;
    reply.body = "passed";
    co_return reply;
  }
  void open() {
    asio::post(io_, [this] { timer_.cancel(); });
  }
  int waiting() const { return waiting_; }

 private:
  asio::io_context& io_;
  asio::steady_timer timer_;
  std::atomic<int> waiting_{0};
};

TEST(ServerStop, finishes_a_request_in_flight_and_closes_idle_connections) {
  TestServer server;
  Gate gate(server.io());
  server.service.answer = [&](Request request) -> Answer {
    if (request.target == "/wait") return gate.pass();
    return Response{};
  };
  Client idle(server.port());
  EXPECT_EQ(idle.ask(get("/")).status, 200U);
  Client fresh(server.port());
  Client busy(server.port());
  busy.send(get("/wait"));
  ASSERT_TRUE(eventually([&] { return gate.waiting() == 1; }));
  ASSERT_TRUE(eventually([&] { return server.server().metrics().connections_accepted == 3; }));

  auto stopped = server.stop(kPatience);
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(fresh.rest(), "");
  EXPECT_TRUE(eventually([&] { return !Client(server.port()).connected(); }));
  EXPECT_EQ(stopped.wait_for(milliseconds(0)), std::future_status::timeout);
  gate.open();
  const Reply reply = busy.read();
  EXPECT_EQ(reply.body, "passed");
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_EQ(stopped.get(), 0U);
  server.join();
}

TEST(ServerStop, cuts_what_is_left_after_the_grace) {
  TestServer server;
  Gate gate(server.io());
  server.service.answer = [&](Request) -> Answer { return gate.pass(); };
  Client busy(server.port());
  busy.send(get("/wait"));
  ASSERT_TRUE(eventually([&] { return gate.waiting() == 1; }));
  EXPECT_EQ(server.stop(milliseconds(10)).get(), 1U);
  EXPECT_EQ(busy.rest(), "");
  gate.open();
  EXPECT_TRUE(eventually([&] { return server.server().metrics().connections_open() == 0; }));
  server.join();
}

TEST(ServerStop, finishes_a_body_that_is_on_its_way) {
  TestServer server;
  Client client(server.port());
  client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc");
  ASSERT_TRUE(eventually([&] { return server.server().metrics().body_bytes_held == 3; }));
  auto stopped = server.stop(kPatience);
  ASSERT_TRUE(eventually([&] { return !Client(server.port()).connected(); }));
  client.send("def");
  EXPECT_EQ(client.read().body, "POST /p abcdef");
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(stopped.get(), 0U);
}

TEST(ServerStop, returns_at_once_without_connections) {
  TestServer server;
  EXPECT_EQ(server.stop(kPatience).get(), 0U);
}

TEST(ServerStop, may_be_destroyed_before_the_context_with_connections_open) {
  FunctionService service;
  std::optional<Client> client;
  {
    asio::io_context io(1);
    ServerOptions options;
    options.listen = {{"127.0.0.1", 0}};
    Server server(io, options, service);
    ASSERT_TRUE(server.start());
    client.emplace(server.endpoints()[0].port);
    client->send(get("/"));
    io.run_for(milliseconds(1));
  }
  const std::string received = client->rest();
  EXPECT_TRUE(received.empty() || received.substr(0, 8) == "HTTP/1.1") << received;
}

}  // namespace
}  // namespace gantry::http
