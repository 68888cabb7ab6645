#include "egress/curl_http_client.h"

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>
#include <gtest/gtest.h>

#include "receiver.h"
#include "scripted_names.h"

namespace gantry::egress {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::failure_of;
using testing::get;
using testing::post;
using testing::Receiver;
using testing::reply_of;
using testing::Seen;
using testing::send;
using Kind = HttpFailure::Kind;

Answer ok(const Seen&) {
  return testing::reply(200, R"({"ok":true})");
}

std::string little_endian(std::size_t number) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>((number >> (8 * i)) & 0xff);
  return bytes;
}

std::string gzip(const std::string& plain) {
  namespace zlib = boost::beast::zlib;
  zlib::deflate_stream stream;
  std::string out(plain.size() + 1024, '\0');
  zlib::z_params work;
  work.next_in = plain.data();
  work.avail_in = plain.size();
  work.next_out = out.data();
  work.avail_out = out.size();
  boost::system::error_code code;
  stream.write(work, zlib::Flush::finish, code);
  out.resize(out.size() - work.avail_out);
  boost::crc_32_type crc;
  crc.process_bytes(plain.data(), plain.size());
  return std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10) + out + little_endian(crc.checksum()) +
         little_endian(plain.size());
}

std::chrono::milliseconds time_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

TEST(CurlHttpClient, posts_a_body_and_returns_the_whole_reply) {
  Receiver receiver([](const Seen&) {
    return testing::reply(201, "made", "X-Two: 1\r\nX-Two:  2 \r\nX-Empty:\r\n");
  });
  CurlHttpClient client;
  const HttpReply reply = reply_of(send(client, post(receiver.url("/a?b=c#d"), R"({"x":1})")));
  EXPECT_EQ(reply.status, 201U);
  EXPECT_EQ(reply.body, "made");
  EXPECT_EQ(reply.final_url, receiver.url("/a?b=c"));
  EXPECT_EQ(reply.remote_address, "127.0.0.1:" + std::to_string(receiver.port()));
  EXPECT_EQ(reply.headers, (Headers{{"content-type", "application/json"},
                                    {"x-two", "1"},
                                    {"x-two", "2"},
                                    {"x-empty", ""},
                                    {"content-length", "4"}}));
  EXPECT_GT(reply.timing.total.count(), 0);
  const Seen seen = receiver.seen().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/a?b=c");
  EXPECT_EQ(seen.body, R"({"x":1})");
  EXPECT_EQ(seen.header("Content-Type"), "application/json");
  EXPECT_EQ(seen.header("User-Agent"), "test");
  EXPECT_EQ(seen.header("Accept"), "*/*");
  EXPECT_EQ(seen.header("Accept-Encoding"), "gzip, deflate");
  EXPECT_EQ(seen.header("Expect"), "(absent)");
}

TEST(CurlHttpClient, sends_every_method_with_the_right_length) {
  struct Case {
    const char* method;
    const char* body;  // null: none
    const char* length;
  };
  static constexpr Case kCases[] = {
      {"GET", nullptr, "(absent)"},
      {"POST", "x", "1"},
      {"POST", nullptr, "0"},
      {"PUT", "xyz", "3"},
      {"PUT", nullptr, "0"},
      {"PATCH", "xy", "2"},
      {"DELETE", nullptr, "(absent)"},
      {"DELETE", "x", "1"},
      {"OPTIONS", nullptr, "(absent)"},
      {"PURGE", nullptr, "(absent)"},
      {"GET", "q", "1"},
      {"POST", "", "0"},
  };
  Receiver receiver(ok);
  CurlHttpClient client;
  for (const Case& c : kCases) {
    HttpRequest request = get(receiver.url());
    request.method = c.method;
    if (c.body != nullptr) request.body = c.body;
    EXPECT_EQ(reply_of(send(client, request)).status, 200U);
    const Seen seen = receiver.seen().back();
    EXPECT_EQ(seen.method, c.method);
    EXPECT_EQ(seen.header("Content-Length"), c.length) << c.method;
    EXPECT_EQ(seen.body, c.body == nullptr ? "" : c.body);
    EXPECT_EQ(seen.header("Content-Type"), "(absent)");
    EXPECT_EQ(seen.header("Transfer-Encoding"), "(absent)");
  }
  EXPECT_EQ(receiver.connections(), 1U);
}

TEST(CurlHttpClient, head_has_headers_and_no_body) {
  Receiver receiver([](const Seen&) {
    Answer answer;
    answer.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nX-A: b\r\n\r\n";
    return answer;
  });
  CurlHttpClient client;
  HttpRequest request = get(receiver.url());
  request.method = "HEAD";
  const HttpReply reply = reply_of(send(client, request));
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(receiver.seen().at(0).method, "HEAD");
}

TEST(CurlHttpClient, leaves_framing_headers_to_the_transport) {
  Receiver receiver(ok);
  CurlHttpClient client;
  HttpRequest request = post(receiver.url(), "four");
  request.headers = {{"Content-Length", "1"}, {"transfer-encoding", "chunked"},
                     {"Connection", "close"}, {"Expect", "100-continue"},
                     {"X-Empty", ""},         {"Accept", "text/plain"}};
  EXPECT_EQ(reply_of(send(client, request)).status, 200U);
  EXPECT_EQ(reply_of(send(client, request)).status, 200U);
  const Seen seen = receiver.seen().at(1);
  EXPECT_EQ(seen.header("Content-Length"), "4");
  EXPECT_EQ(seen.header("Transfer-Encoding"), "(absent)");
  EXPECT_EQ(seen.header("Connection"), "(absent)");
  EXPECT_EQ(seen.header("Expect"), "(absent)");
  EXPECT_EQ(seen.header("X-Empty"), "");
  EXPECT_EQ(seen.header("Accept"), "text/plain");
  EXPECT_EQ(seen.connection, 1U);
}

TEST(CurlHttpClient, makes_basic_authorization_of_user_and_password) {
  Receiver receiver(ok);
  CurlHttpClient client;
  const std::string place = "@127.0.0.1:" + std::to_string(receiver.port()) + "/";
  reply_of(send(client, get("http://us%40er:pass" + place)));
  EXPECT_EQ(receiver.seen().at(0).header("Authorization"), "Basic dXNAZXI6cGFzcw==");
  HttpRequest own = get("http://user:pass" + place);
  own.headers = {{"authorization", "Bearer mine"}};
  const HttpReply reply = reply_of(send(client, own));
  EXPECT_EQ(receiver.seen().at(1).header("Authorization"), "Bearer mine");
  EXPECT_EQ(reply.final_url, receiver.url("/"));
}

TEST(CurlHttpClient, keeps_connections) {
  Receiver receiver(ok);
  CurlHttpClient client;
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(reply_of(send(client, post(receiver.url(), "x"))).status, 200U);
  EXPECT_EQ(receiver.connections(), 1U);
  EXPECT_EQ(client.metrics().connections, 1U);
  EXPECT_EQ(client.metrics().replies, 20U);
}

TEST(CurlHttpClient, opens_a_new_connection_when_the_kept_one_was_closed) {
  Receiver receiver([](const Seen&) {
    Answer answer = testing::reply(200);
    answer.then = Answer::Then::Close;
    return answer;
  });
  CurlHttpClient client;
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(reply_of(send(client, post(receiver.url(), "x"))).status, 200U);
  EXPECT_EQ(receiver.connections(), 5U);
}

TEST(CurlHttpClient, says_when_nobody_listens) {
  unsigned short port = 0;
  { port = Receiver(ok).port(); }
  CurlHttpClient client;
  const HttpFailure failure =
      failure_of(send(client, get("http://127.0.0.1:" + std::to_string(port) + "/")));
  EXPECT_EQ(failure.kind, Kind::Refused);
  EXPECT_EQ(failure.code, "ECONNREFUSED");
  EXPECT_EQ(failure.text, "connect ECONNREFUSED 127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(client.metrics().failed(Kind::Refused), 1U);
}

TEST(CurlHttpClient, says_when_a_name_is_unknown) {
  CurlHttpClient client;
  const HttpFailure failure = failure_of(send(client, get("http://nowhere.test/secret?token=1")));
  EXPECT_EQ(failure.kind, Kind::NotResolved);
  EXPECT_EQ(failure.code, "ENOTFOUND");
  EXPECT_EQ(failure.text, "getaddrinfo ENOTFOUND nowhere.test");
}

TEST(CurlHttpClient, says_when_the_connection_breaks) {
  struct Case {
    Answer answer;
    Kind kind;
    const char* code;
  };
  const Case cases[] = {
      {{"", Answer::Then::Reset, 0ms, {}}, Kind::Reset, "ECONNRESET"},
      {{"", Answer::Then::Close, 0ms, {}}, Kind::Reset, "ECONNRESET"},
      {{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Answer::Then::Close, 0ms, {}},
       Kind::Reset,
       "ERR_STREAM_PREMATURE_CLOSE"},
      {{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Answer::Then::Reset, 0ms, {}},
       Kind::Reset,
       "ECONNRESET"},
      {{"this is not HTTP\r\n\r\n", Answer::Then::Close, 0ms, {}},
       Kind::Other,
       "HPE_INVALID_CONSTANT"},
      {{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        Answer::Then::Close,
        0ms,
        {}},
       Kind::Other,
       "Z_DATA_ERROR"},
  };
  for (const Case& c : cases) {
    Receiver receiver([&](const Seen&) { return c.answer; });
    CurlHttpClient client;
    const HttpFailure failure = failure_of(send(client, post(receiver.url(), "x")));
    EXPECT_EQ(failure.kind, c.kind) << c.answer.bytes << " " << failure.text;
    EXPECT_EQ(failure.code, c.code) << c.answer.bytes << " " << failure.text;
  }
}

TEST(CurlHttpClient, cuts_silent_and_trickling_peers) {
  const Answer silent{"", Answer::Then::Hold, 0ms, {}};
  const Answer half{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", Answer::Then::Hold, 0ms, {}};
  const Answer trickle{
      testing::reply(200, std::string(500, 'x')).bytes, Answer::Then::Close, 20ms, {}};
  for (const Answer& answer : {silent, half, trickle}) {
    Receiver receiver([&](const Seen&) { return answer; });
    CurlHttpClient client;
    HttpRequest request = get(receiver.url());
    request.timeout = 200ms;
    HttpFailure failure;
    const auto took = time_of([&] { failure = failure_of(send(client, request)); });
    EXPECT_EQ(failure.kind, Kind::TimedOut);
    EXPECT_EQ(failure.code, "ETIMEDOUT");
    EXPECT_GE(took, 190ms);
    EXPECT_LT(took, 1500ms);
  }
}

TEST(CurlHttpClient, cuts_connections_that_are_never_accepted) {
  // A full backlog: the system then drops further SYNs.
  asio::io_context io;
  ip::tcp::acceptor acceptor(io);
  acceptor.open(ip::tcp::v4());
  acceptor.bind({ip::make_address("127.0.0.1"), 0});
  acceptor.listen(0);
  std::vector<ip::tcp::socket> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.emplace_back(io);
    fillers.back().async_connect(acceptor.local_endpoint(), [](boost::system::error_code) {});
  }
  io.run_for(50ms);
  EgressOptions options;
  options.connect_timeout = 150ms;
  CurlHttpClient client(options);
  HttpFailure failure;
  const std::string url =
      "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
  const auto took = time_of([&] { failure = failure_of(send(client, get(url))); });
  EXPECT_EQ(failure.kind, Kind::TimedOut);
  EXPECT_LT(took, 1500ms);
}

TEST(CurlHttpClient, a_slow_name_holds_up_nobody_else) {
  testing::script_name("slow.test", {{{"127.0.0.1"}}, 1500ms});
  Receiver receiver(ok);
  CurlHttpClient client;
  HttpRequest slow = get("http://slow.test:" + std::to_string(receiver.port()) + "/");
  slow.timeout = 150ms;
  asio::io_context& io = testing::waiting_context();
  auto failed = asio::co_spawn(io, client.send(slow), asio::use_future);
  const auto took = time_of([&] { io.run(); });
  EXPECT_EQ(failure_of(failed.get()).kind, Kind::TimedOut);
  EXPECT_LT(took, 1000ms);
  const auto other =
      time_of([&] { EXPECT_EQ(reply_of(send(client, get(receiver.url()))).status, 200U); });
  EXPECT_LT(other, 500ms);
}

TEST(CurlHttpClient, caps_bodies_while_they_stream) {
  const Answer announced = {
      "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", Answer::Then::Hold, 0ms, {}};
  const Answer endless{"HTTP/1.1 200 OK\r\n\r\n", Answer::Then::Close, 0ms,
                       std::string(10'000, 'x')};
  const Answer chunked{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Answer::Then::Close,
                       0ms, "400\r\n" + std::string(1024, 'x') + "\r\n"};
  for (const Answer& answer : {announced, endless, chunked}) {
    Receiver receiver([&](const Seen&) { return answer; });
    CurlHttpClient client;
    HttpRequest request = get(receiver.url());
    request.reply_bytes_max = 1000;
    const HttpFailure failure = failure_of(send(client, request));
    EXPECT_EQ(failure.kind, Kind::TooLarge) << failure.text;
  }
}

TEST(CurlHttpClient, takes_a_body_of_exactly_the_limit) {
  Receiver receiver([](const Seen&) { return testing::reply(200, std::string(1000, 'x')); });
  CurlHttpClient client;
  HttpRequest request = get(receiver.url());
  request.reply_bytes_max = 1000;
  EXPECT_EQ(reply_of(send(client, request)).body.size(), 1000U);
}

TEST(CurlHttpClient, unpacks_gzip_and_caps_what_comes_out) {
  const std::string plain(3'000'000, 'g');
  const std::string packed = gzip(plain);
  ASSERT_LT(packed.size(), 10'000U);
  Receiver receiver(
      [&](const Seen&) { return testing::reply(200, packed, "Content-Encoding: gzip\r\n"); });
  CurlHttpClient client;
  EXPECT_EQ(reply_of(send(client, get(receiver.url()))).body, plain);
  HttpRequest request = get(receiver.url());
  request.reply_bytes_max = plain.size() - 1;
  EXPECT_EQ(failure_of(send(client, request)).kind, Kind::TooLarge);
}

TEST(CurlHttpClient, caps_headers) {
  std::string long_headers;
  for (int i = 0; i < 80; ++i) long_headers += "X-Long: " + std::string(1000, 'x') + "\r\n";
  std::string many_headers;
  for (std::size_t i = 0; i < 300; ++i) many_headers += "X: y\r\n";
  for (const std::string& headers : {long_headers, many_headers}) {
    Receiver receiver([&](const Seen&) { return testing::reply(200, "", headers); });
    CurlHttpClient client;
    EXPECT_EQ(failure_of(send(client, get(receiver.url()))).code, "HPE_HEADER_OVERFLOW");
  }
  Receiver endless([](const Seen&) {
    return Answer{"HTTP/1.1 200 OK\r\n", Answer::Then::Close, 0ms, "X: yyyyyyyyyyyyyyyyyyyy\r\n"};
  });
  CurlHttpClient client;
  EXPECT_EQ(failure_of(send(client, get(endless.url()))).kind, Kind::TooLarge);
}

TEST(CurlHttpClient, skips_interim_replies_and_trailers) {
  Receiver receiver([](const Seen&) {
    return Answer{
        "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Late: 2\r\n\r\n"
        "2\r\nhi\r\n0\r\nX-Trailer: 3\r\n\r\n",
        Answer::Then::KeepAlive,
        0ms,
        {}};
  });
  CurlHttpClient client;
  const HttpReply reply = reply_of(send(client, get(receiver.url())));
  EXPECT_EQ(reply.body, "hi");
  EXPECT_EQ(reply.headers, (Headers{{"transfer-encoding", "chunked"}, {"x-late", "2"}}));
}

TEST(CurlHttpClient, writes_nothing_for_requests_that_would_inject) {
  Receiver receiver(ok);
  CurlHttpClient client;
  HttpRequest value = get(receiver.url());
  value.headers = {{"X-A", "b\r\nX-Injected: yes"}};
  HttpRequest name = get(receiver.url());
  name.headers = {{"X-A: b\r\nX-Injected", "yes"}};
  HttpRequest method = get(receiver.url());
  method.method = "GET / HTTP/1.1\r\nX-Injected: yes\r\n\r\nGET";
  HttpRequest url = get(receiver.url("/ HTTP/1.1\r\nX-Injected: yes\r\n\r\n"));
  for (const HttpRequest& request : {value, name, method, url}) {
    EXPECT_EQ(failure_of(send(client, request)).kind, Kind::BadRequest);
  }
  EXPECT_EQ(receiver.connections(), 0U);
  EXPECT_EQ(client.metrics().failed(Kind::BadRequest), 4U);
}

TEST(CurlHttpClient, keeps_no_cookies) {
  Receiver receiver(
      [](const Seen&) { return testing::reply(200, "", "Set-Cookie: a=b; Path=/\r\n"); });
  CurlHttpClient client;
  send(client, get(receiver.url()));
  send(client, get(receiver.url()));
  EXPECT_EQ(receiver.seen().at(1).header("Cookie"), "(absent)");
}

}  // namespace
}  // namespace gantry::egress
