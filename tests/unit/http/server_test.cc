#include "http/server.h"

#include <atomic>
#include <set>

#include <boost/asio/steady_timer.hpp>

#include "http_fixture.h"

namespace gantry::http {
namespace {

TEST(Server, answers_several_requests_on_one_connection) {
  TestServer server;
  Client client(server.port());
  for (int i = 0; i < 3; ++i) {
    const Reply reply = client.ask(get("/a?b=" + std::to_string(i)));
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.body, "GET /a?b=" + std::to_string(i) + " ");
    EXPECT_EQ(reply.header("content-type"), "text/plain");
    EXPECT_EQ(reply.header("connection"), "");
  }
  EXPECT_EQ(server.server().metrics().connections_accepted, 1U);
  EXPECT_TRUE(eventually([&] { return server.server().metrics().replies_by_class[1] == 3; }));
}

TEST(Server, answers_pipelined_requests_in_order) {
  TestServer server;
  Client client(server.port());
  std::string all;
  for (int i = 0; i < 200; ++i) all += post("/" + std::to_string(i), std::string(50, 'x'));
  client.send(all);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(client.read().body, "POST /" + std::to_string(i) + " " + std::string(50, 'x'));
  }
}

TEST(Server, answers_pipelined_requests_in_order_when_answers_wait) {
  TestServer server;
  server.service.answer = [](Request request) -> Answer {
    return [](std::string target) -> asio::awaitable<Response> {
      asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::microseconds(50));
      co_await timer.async_wait(asio::use_awaitable);
      Response reply;
      reply.body = target;
      co_return reply;
    }(request.target);
  };
  Client client(server.port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += get("/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.read().body, "/" + std::to_string(i));
}

TEST(Server, reads_a_request_split_at_every_byte) {
  TestServer server;
  const std::string request =
      "POST /p?q=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n";
  Client client(server.port());
  std::uint64_t received = 0;
  for (std::size_t split = 1; split < request.size(); ++split) {
    client.send(std::string_view(request).substr(0, split));
    received += split;
    ASSERT_TRUE(eventually([&] { return server.server().metrics().bytes_received == received; }));
    client.send(std::string_view(request).substr(split));
    received += request.size() - split;
    const Reply reply = client.read();
    ASSERT_EQ(reply.status, 200U) << split;
    ASSERT_EQ(reply.body, "POST /p?q=1 hello!") << split;
  }
}

TEST(Server, reads_large_bodies_and_sends_large_replies) {
  TestServer server;
  server.service.body_max = 64 * 1024 * 1024;
  std::string body(9 * 1024 * 1024, ' ');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  Client client(server.port());
  std::thread sender([&] { client.send(post("/", body)); });
  const Reply reply = client.read();
  sender.join();
  EXPECT_EQ(reply.body, "POST / " + body);
  EXPECT_EQ(client.ask(get("/after")).body, "GET /after ");
  EXPECT_TRUE(eventually([&] { return server.server().metrics().body_bytes_held == 0; }));
}

TEST(Server, sends_shared_bodies) {
  TestServer server;
  const auto body = std::make_shared<const std::string>(3 * 1024 * 1024, 's');
  server.service.answer = [body](Request) {
    Response reply;
    reply.body = body;
    return reply;
  };
  Client client(server.port());
  EXPECT_EQ(client.ask(get("/")).body, *body);
  EXPECT_EQ(client.ask(get("/")).body, *body);
}

TEST(Server, says_continue_before_it_reads_an_announced_body) {
  TestServer server;
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.read().status, 100U);
  client.send("body");
  const Reply reply = client.read();
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "POST / body");
}

TEST(Server, refuses_an_announced_body_that_is_too_large_without_continue) {
  TestServer server;
  server.service.body_max = 3;
  Client client(server.port());
  const Reply reply =
      client.ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(reply.status, 413U);
  EXPECT_EQ(reply.header("connection"), "close");
}

TEST(Server, answers_head_with_the_length_but_no_body) {
  TestServer server;
  Client client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  const Reply reply = client.read(ReplyReader::Body::None);
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.header("content-length"), std::to_string(std::string("HEAD /a ").size()));
  EXPECT_EQ(client.ask(get("/b")).body, "GET /b ");
}

TEST(Server, sends_no_length_with_statuses_that_have_no_body) {
  TestServer server;
  server.service.answer = [](Request) {
    Response reply;
    reply.status = 204;
    reply.body = "ignored";
    return reply;
  };
  Client client(server.port());
  const Reply reply = client.ask(get("/"));
  EXPECT_EQ(reply.status, 204U);
  EXPECT_EQ(reply.headers.count("content-length"), 0U);
  EXPECT_EQ(client.ask(get("/")).status, 204U);
}

TEST(Server, passes_options_and_unknown_methods_to_the_service) {
  TestServer server;
  Client client(server.port());
  EXPECT_EQ(client.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").body, "OPTIONS * ");
  EXPECT_EQ(client.ask("BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n").body, "OTHER /pot ");
}

TEST(Server, closes_when_the_client_asks_for_it) {
  TestServer server;
  Client client(server.port());
  const Reply reply = client.ask(get("/", "Connection: close\r\n"));
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST(Server, keeps_http_1_0_connections_only_on_request) {
  TestServer server;
  Client kept(server.port());
  EXPECT_EQ(kept.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("connection"),
            "keep-alive");
  EXPECT_EQ(kept.ask("GET / HTTP/1.0\r\n\r\n").header("connection"), "close");
  EXPECT_EQ(kept.rest(), "");
}

TEST(Server, adds_security_headers_unless_the_reply_brings_its_own) {
  ServerOptions options;
  options.security.content_security_policy = "default-src 'self'";
  TestServer server(options);
  server.service.answer = [](Request request) {
    Response reply;
    if (request.target == "/own")
      reply.headers.add("content-security-policy", "default-src 'none'");
    reply.headers.add("Content-Length", "999");
    return reply;
  };
  Client client(server.port());
  const Reply usual = client.ask(get("/"));
  EXPECT_EQ(usual.header("x-xss-protection"), "1");
  EXPECT_EQ(usual.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(usual.header("x-frame-options"), "sameorigin");
  EXPECT_EQ(usual.header("content-security-policy"), "default-src 'self'");
  EXPECT_EQ(usual.header("content-length"), "0");
  EXPECT_EQ(usual.header("date").size(), std::string("Tue, 01 Jan 2030 00:00:00 GMT").size());
  const Reply own = client.ask(get("/own"));
  EXPECT_EQ(own.header("content-security-policy"), "default-src 'none'");
  EXPECT_EQ(own.head.find("'self'"), std::string::npos);
  EXPECT_EQ(own.header("x-frame-options"), "sameorigin");
}

TEST(Server, leaves_out_headers_that_would_write_others) {
  TestServer server;
  server.service.answer = [](Request) {
    Response reply;
    reply.headers.add("Location", "/a\r\nSet-Cookie: stolen=1");
    reply.headers.add("X-Good", "yes");
    return reply;
  };
  Client client(server.port());
  const Reply reply = client.ask(get("/"));
  EXPECT_EQ(reply.head.find("stolen"), std::string::npos);
  EXPECT_EQ(reply.header("x-good"), "yes");
}

TEST(Server, answers_500_with_the_request_id_when_the_service_throws) {
  TestServer server;
  std::atomic<bool> waiting{false};
  server.service.answer = [&](Request) -> Answer {
    if (!waiting) throw std::runtime_error("broken");
    return []() -> asio::awaitable<Response> {
      throw std::runtime_error("broken later");
      co_return Response{};
    }();
  };
  Client client(server.port());
  const Reply now = client.ask(get("/"));
  EXPECT_EQ(now.status, 500U);
  EXPECT_EQ(now.body, R"({"success":false,"error":"Internal server error"})");
  EXPECT_FALSE(now.header("x-request-id").empty());
  waiting = true;
  const Reply later = client.ask(get("/"));
  EXPECT_EQ(later.status, 500U);
  EXPECT_NE(later.header("x-request-id"), now.header("x-request-id"));
}

TEST(Server, strips_the_prefix_and_answers_404_outside_it) {
  ServerOptions options;
  options.path_prefix = "/chat/";
  TestServer server(options);
  Client client(server.port());
  EXPECT_EQ(client.ask(get("/chat/api/info?x=1")).body, "GET /api/info?x=1 ");
  EXPECT_EQ(client.ask(get("/chat")).body, "GET / ");
  EXPECT_EQ(client.ask(get("/chat?x")).body, "GET /?x ");
  EXPECT_EQ(client.ask(get("/chatter")).status, 404U);
  EXPECT_EQ(client.ask(get("/api/info")).status, 404U);
  EXPECT_EQ(client.ask(get("/chat/b")).body, "GET /b ");
  EXPECT_EQ(client.ask(post("/elsewhere", "body")).status, 404U);
}

TEST(Server, gives_unique_request_ids_and_the_address_of_the_client) {
  TestServer server;
  std::set<std::string> ids;
  server.service.answer = [&](Request request) {
    ids.insert(request.id);
    Response reply;
    reply.body = request.remote_address + (request.secure ? " secure" : " plain");
    return reply;
  };
  for (int i = 0; i < 3; ++i) {
    Client client(server.port());
    EXPECT_EQ(client.ask(get("/")).body, "127.0.0.1 plain");
    EXPECT_EQ(client.ask(get("/", "X-Real-IP: 10.0.0.7\r\n")).body, "10.0.0.7 plain");
  }
  EXPECT_EQ(ids.size(), 6U);
}

TEST(Server, believes_forwarded_addresses_as_far_as_it_is_told) {
  ServerOptions options;
  options.forwarded_count = 2;
  TestServer server(options);
  server.service.answer = [](Request request) {
    Response reply;
    reply.body = request.remote_address;
    return reply;
  };
  Client client(server.port());
  EXPECT_EQ(client.ask(get("/", "X-Forwarded-For: 1.1.1.1, 2.2.2.2,3.3.3.3\r\n")).body, "2.2.2.2");
  EXPECT_EQ(client.ask(get("/", "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 3.3.3.3\r\n")).body,
            "1.1.1.1");
  EXPECT_EQ(client.ask(get("/", "X-Forwarded-For: 3.3.3.3\r\n")).body, "127.0.0.1");
}

TEST(Server, listens_on_several_addresses) {
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0}, {"::1", 0}};
  TestServer server(options);
  server.service.answer = [](Request request) {
    Response reply;
    reply.body = request.remote_address;
    return reply;
  };
  ASSERT_EQ(server.server().endpoints().size(), 2U);
  EXPECT_EQ(server.server().endpoints()[1].url(), "http://[::1]:" + std::to_string(server.port(1)));
  Client v4(server.port(0));
  Client v6(server.port(1), "::1");
  EXPECT_EQ(v4.ask(get("/")).body, "127.0.0.1");
  EXPECT_EQ(v6.ask(get("/")).body, "::1");
}

TEST(Server, takes_ipv4_clients_of_a_dual_listener_as_ipv4) {
  ServerOptions options;
  options.listen = {{"::", 0}};
  TestServer server(options);
  server.service.answer = [](Request request) {
    Response reply;
    reply.body = request.remote_address;
    return reply;
  };
  Client client(server.port());
  EXPECT_EQ(client.ask(get("/")).body, "127.0.0.1");
}

TEST(Server, says_which_address_it_cannot_use) {
  TestServer other;
  asio::io_context io;
  FunctionService service;
  ServerOptions options;
  options.listen = {{"127.0.0.1", other.port()}};
  Server busy(io, options, service);
  const auto started = busy.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message, "cannot listen on 127.0.0.1 port " +
                                         std::to_string(other.port()) + ": Address already in use");
  options.listen = {{"localhost", 0}};
  Server named(io, options, service);
  EXPECT_EQ(named.start().error().message,
            "cannot listen on \"localhost\": it is not an IPv4 or IPv6 address");
}

TEST(Server, serves_many_connections_on_several_threads) {
  TestServer server({}, 3);
  server.service.answer = [](Request request) -> Answer {
    Response reply;
    reply.body = request.target;
    if (request.target.size() % 2 == 0) return reply;
    return [](Response later) -> asio::awaitable<Response> {
      asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::microseconds(20));
      co_await timer.async_wait(asio::use_awaitable);
      co_return later;
    }(std::move(reply));
  };
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      for (int round = 0; round < 5; ++round) {
        Client client(server.port());
        for (int i = 0; i < 20; ++i) {
          const std::string target =
              "/" + std::string(static_cast<std::size_t>(i), 'x') + std::to_string(c);
          if (client.ask(get(target)).body == target) ++right;
        }
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(right, 8 * 5 * 20);
  EXPECT_TRUE(eventually([&] { return server.server().metrics().connections_open() == 0; }));
}

}  // namespace
}  // namespace gantry::http
