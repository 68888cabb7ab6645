#include "base/compute_pool.h"
#include "http/server.h"
#include "http_fixture.h"

namespace gantry::http {
namespace {

using std::chrono::milliseconds;

TEST(ServerLimits, refuses_headers_that_are_too_large) {
  ServerOptions options;
  options.limits.header_bytes_max = 1024;
  TestServer server(options);
  for (const std::size_t size : {1000U, 5000U, 200'000U}) {
    Client client(server.port());
    const Reply reply = client.ask(get("/", "X-Big: " + std::string(size, 'x') + "\r\n"));
    EXPECT_EQ(reply.status, 431U) << size;
    EXPECT_EQ(reply.header("connection"), "close");
    EXPECT_EQ(client.rest(), "");
  }
  Client small(server.port());
  EXPECT_EQ(small.ask(get("/", "X-Big: " + std::string(900, 'x') + "\r\n")).status, 200U);
}

TEST(ServerLimits, refuses_too_many_headers) {
  ServerOptions options;
  options.limits.headers_max = 10;
  TestServer server(options);
  std::string headers;
  for (int i = 0; i < 9; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  Client fits(server.port());
  EXPECT_EQ(fits.ask(get("/", headers)).status, 200U);
  Client more(server.port());
  EXPECT_EQ(more.ask(get("/", headers + "X-More: y\r\n")).status, 431U);
}

TEST(ServerLimits, counts_headers_that_come_in_pieces) {
  ServerOptions options;
  options.limits.header_bytes_max = 1024;
  TestServer server(options);
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n");
  std::uint64_t received = 25;
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(eventually([&] { return server.server().metrics().bytes_received >= received; }));
    client.send("X-Piece: 0123456789\r\n");
    received += 21;
    if (received > 1024) break;
  }
  EXPECT_EQ(client.read().status, 431U);
}

TEST(ServerLimits, refuses_a_target_that_is_too_long) {
  ServerOptions options;
  options.limits.target_bytes_max = 100;
  TestServer server(options);
  Client client(server.port());
  EXPECT_EQ(client.ask(get("/" + std::string(99, 'x'))).status, 200U);
  EXPECT_EQ(client.ask(get("/" + std::string(100, 'x'))).status, 414U);
}

TEST(ServerLimits, refuses_a_body_before_it_is_sent_and_lets_the_client_read_why) {
  TestServer server;
  server.service.body_max = 1000;
  Client fits(server.port());
  EXPECT_EQ(fits.ask(post("/", std::string(1000, 'x'))).status, 200U);
  Client large(server.port());
  const Reply reply = large.ask(post("/", std::string(300'000, 'x')));
  EXPECT_EQ(reply.status, 413U);
  EXPECT_EQ(reply.body, R"({"success":false,"error":"Payload Too Large"})");
  EXPECT_EQ(reply.header("connection"), "close");
}

TEST(ServerLimits, refuses_a_chunked_body_once_it_is_too_large) {
  TestServer server;
  server.service.body_max = 10;
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  Client fits(server.port());
  EXPECT_EQ(fits.ask(head + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n").body, "POST / 0123456789");
  Client more(server.port());
  EXPECT_EQ(more.ask(head + "5\r\n01234\r\n6\r\n").status, 413U);
  Client huge(server.port());
  EXPECT_EQ(huge.ask(head + "FFFFFFFFFFFFFFFF\r\n").status, 413U);
}

TEST(ServerLimits, refuses_bodies_when_all_together_are_too_large) {
  ServerOptions options;
  options.limits.bodies_bytes_max = 100'000;
  TestServer server(options);
  Client holder(server.port());
  holder.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\n" +
              std::string(80'000, 'x'));
  ASSERT_TRUE(eventually([&] { return server.server().metrics().body_bytes_held == 80'000; }));
  Client other(server.port());
  const Reply reply = other.ask(post("/", std::string(40'000, 'y')));
  EXPECT_EQ(reply.status, 503U);
  EXPECT_EQ(reply.header("retry-after"), "1");
  holder.send(std::string(10'000, 'x'));
  EXPECT_EQ(holder.read().status, 200U);
  EXPECT_TRUE(eventually([&] { return server.server().metrics().body_bytes_held == 0; }));
}

TEST(ServerLimits, tells_connections_over_the_limit_to_come_again) {
  ServerOptions options;
  options.limits.connections_max = 1;
  TestServer server(options);
  {
    Client first(server.port());
    EXPECT_EQ(first.ask(get("/")).status, 200U);
    Client second(server.port());
    const Reply reply = second.ask(get("/"));
    EXPECT_EQ(reply.status, 503U);
    EXPECT_EQ(reply.header("retry-after"), "1");
    EXPECT_EQ(server.server().metrics().connections_refused, 1U);
  }
  ASSERT_TRUE(eventually([&] { return server.server().metrics().connections_open() == 0; }));
  Client later(server.port());
  EXPECT_EQ(later.ask(get("/")).status, 200U);
}

TEST(ServerLimits, counts_connections_of_each_address) {
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0}, {"::1", 0}};
  options.limits.connections_per_address_max = 1;
  TestServer server(options);
  Client first(server.port());
  EXPECT_EQ(first.ask(get("/")).status, 200U);
  Client same(server.port());
  EXPECT_EQ(same.ask(get("/")).status, 503U);
  Client other(server.port(1), "::1");
  EXPECT_EQ(other.ask(get("/")).status, 200U);
}

TEST(ServerLimits, cuts_headers_that_never_end_with_408) {
  ServerOptions options;
  options.limits.header_time_max = milliseconds(30);
  TestServer server(options);
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost");
  const Reply reply = client.read();
  EXPECT_EQ(reply.status, 408U);
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_EQ(client.rest(), "");
  EXPECT_TRUE(eventually([&] { return server.server().metrics().connections_timed_out == 1; }));
}

TEST(ServerLimits, cuts_a_client_that_sends_a_byte_now_and_then) {
  ServerOptions options;
  options.limits.header_time_max = milliseconds(50);
  TestServer server(options);
  Client client(server.port());
  std::atomic<bool> ended{false};
  std::thread dripper([&] {
    client.send("GET / HTTP/1.1\r\n");
    while (!ended) {
      client.send("a: b\r\n");
      std::this_thread::sleep_for(milliseconds(2));
    }
  });
  const Reply reply = client.read();
  ended = true;
  dripper.join();
  EXPECT_EQ(reply.status, 408U);
}

TEST(ServerLimits, closes_connections_that_say_nothing) {
  ServerOptions options;
  options.limits.header_time_max = milliseconds(20);
  TestServer server(options);
  Client client(server.port());
  EXPECT_EQ(client.rest(), "");
}

TEST(ServerLimits, closes_idle_kept_connections) {
  ServerOptions options;
  options.limits.keep_alive_idle_max = milliseconds(30);
  TestServer server(options);
  Client client(server.port());
  EXPECT_EQ(client.ask(get("/")).status, 200U);
  EXPECT_EQ(client.rest(), "");
}

TEST(ServerLimits, cuts_a_body_that_stands_still) {
  ServerOptions options;
  options.limits.stall_max = milliseconds(30);
  TestServer server(options);
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(client.read().status, 408U);
}

TEST(ServerLimits, cuts_a_body_below_the_minimum_rate) {
  ServerOptions options;
  options.limits.rate_grace = milliseconds(30);
  options.limits.bytes_per_second_min = 1'000'000;
  TestServer server(options);
  Client client(server.port());
  std::atomic<bool> ended{false};
  std::thread dripper([&] {
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
    while (!ended) {
      client.send("x");
      std::this_thread::sleep_for(milliseconds(2));
    }
  });
  const Reply reply = client.read();
  ended = true;
  dripper.join();
  EXPECT_EQ(reply.status, 408U);
}

TEST(ServerLimits, cuts_a_client_that_does_not_take_its_reply) {
  ServerOptions options;
  options.limits.stall_max = milliseconds(50);
  TestServer server(options);
  const auto body = std::make_shared<const std::string>(64 * 1024 * 1024, 'x');
  server.service.answer = [body](Request) {
    Response reply;
    reply.body = body;
    return reply;
  };
  Client client(server.port());
  client.send(get("/"));
  EXPECT_TRUE(eventually([&] {
    const Metrics metrics = server.server().metrics();
    return metrics.connections_accepted == 1 && metrics.connections_open() == 0;
  }));
}

TEST(ServerLimits, compresses_large_text_for_clients_that_accept_it) {
  TestServer server;
  std::string text;
  for (int i = 0; i < 2000; ++i) text += R"({"_id":"abc","name":"general"},)";
  server.service.answer = [&](Request request) {
    Response reply;
    reply.content_type = request.target == "/image" ? "image/png" : "application/json";
    reply.body = request.target == "/small" ? text.substr(0, 500) : text;
    return reply;
  };
  Client client(server.port());
  const Reply zipped = client.ask(get("/", "Accept-Encoding: deflate, gzip;q=0.8\r\n"));
  EXPECT_EQ(zipped.header("content-encoding"), "gzip");
  EXPECT_EQ(zipped.header("vary"), "Accept-Encoding");
  EXPECT_LT(zipped.body.size(), text.size() / 5);
  EXPECT_EQ(zipped.body.substr(0, 2), "\x1f\x8b");
  const Reply plain = client.ask(get("/"));
  EXPECT_EQ(plain.body, text);
  EXPECT_EQ(plain.header("vary"), "Accept-Encoding");
  const std::string accept = "Accept-Encoding: gzip\r\n";
  EXPECT_EQ(client.ask(get("/small", accept)).header("content-encoding"), "");
  EXPECT_EQ(client.ask(get("/image", accept)).header("content-encoding"), "");
  EXPECT_EQ(client.ask(get("/", "Accept-Encoding: gzip;q=0\r\n")).header("content-encoding"), "");
}

TEST(ServerLimits, compresses_very_large_text_on_the_pool_or_not_at_all) {
  std::string text(1024 * 1024, 'z');
  const auto answer = [&](Request) {
    Response reply;
    reply.content_type = "text/plain";
    reply.body = text;
    return reply;
  };
  const std::string request = get("/", "Accept-Encoding: gzip\r\n");
  ComputePool pool(1, 4);
  ServerOptions options;
  options.gzip.pool = &pool;
  {
    TestServer with(options);
    with.service.answer = answer;
    Client client(with.port());
    EXPECT_EQ(client.ask(request).header("content-encoding"), "gzip");
    EXPECT_EQ(client.ask(request).header("content-encoding"), "gzip");
  }
  TestServer without;
  without.service.answer = answer;
  Client client(without.port());
  EXPECT_EQ(client.ask(request).body, text);
}

TEST(ServerLimits, compresses_nothing_when_the_budget_is_empty) {
  ServerOptions options;
  options.gzip.cpu_share_max = 0;
  TestServer server(options);
  server.service.answer = [](Request) {
    Response reply;
    reply.content_type = "text/plain";
    reply.body = std::string(50'000, 'z');
    return reply;
  };
  Client client(server.port());
  EXPECT_EQ(client.ask(get("/", "Accept-Encoding: gzip\r\n")).body.size(), 50'000U);
}

struct BadRequest {
  const char* what;
  std::string bytes;
  unsigned status;
};

class MalformedRequest : public testing::TestWithParam<BadRequest> {};

TEST_P(MalformedRequest, is_refused_and_the_connection_closed) {
  TestServer server;
  Client client(server.port());
  client.send(GetParam().bytes);
  client.finish_sending();
  const Reply reply = client.read();
  EXPECT_EQ(reply.status, GetParam().status) << GetParam().what;
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, MalformedRequest,
    testing::Values(
        BadRequest{"noise", "\x16\x03\x01\x02\r\n\r\n", 400},
        BadRequest{"no version", "GET /\r\nHost: h\r\n\r\n", 400},
        BadRequest{"version 2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400},
        BadRequest{"version 1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 400},
        BadRequest{"blank in target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        BadRequest{"no slash", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        BadRequest{"connect", "CONNECT a:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        BadRequest{"no host", "GET / HTTP/1.1\r\n\r\n", 400},
        BadRequest{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        BadRequest{"blank before colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
        BadRequest{"no colon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n", 400},
        BadRequest{"bare line feeds", "GET / HTTP/1.1\nHost: h\n\n", 400},
        BadRequest{"NUL in a value", std::string("GET / HTTP/1.1\r\nHost: h\0x\r\n\r\n", 29), 400},
        BadRequest{"negative length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n",
                   400},
        BadRequest{"length is no number",
                   "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5x\r\n\r\nhello", 400},
        BadRequest{"signed length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello",
                   400},
        BadRequest{
            "lengths differ",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            400},
        BadRequest{"length and chunks",
                   "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: "
                   "chunked\r\n\r\n0\r\n\r\n",
                   400},
        BadRequest{"chunks and length",
                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: "
                   "5\r\n\r\n0\r\n\r\n",
                   400},
        BadRequest{"unknown coding",
                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
        BadRequest{"nearly chunked",
                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
        BadRequest{"chunks in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        BadRequest{"bad chunk size",
                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        BadRequest{"chunk too short",
                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                   "chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
                   400},
        BadRequest{"odd expectation",
                   "POST / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\nx",
                   417}));

TEST(MalformedRequests, never_stop_the_server) {
  TestServer server;
  const std::string good =
      "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "5\r\nhello\r\n0\r\n\r\n";
  // Every byte replaced by some that mean something in the grammar.
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : std::string("\0\r\n :;\xff"
                                    "9",
                                    8)) {
      std::string bad = good;
      bad[at] = c;
      Client client(server.port());
      client.send(bad);
      client.finish_sending();
      const std::string reply = client.rest();
      if (!reply.empty()) {
        ASSERT_EQ(reply.substr(0, 9), "HTTP/1.1 ");
      }
    }
  }
  Client after(server.port());
  EXPECT_EQ(after.ask(get("/still")).body, "GET /still ");
}

}  // namespace
}  // namespace gantry::http
