#include "http/request_parser.h"

#include <gtest/gtest.h>

namespace gantry::http {
namespace {

struct Outcome {
  RequestParser::Step step = RequestParser::Step::NeedMore;
  unsigned failure = 0;
  Request request;
  RequestParser::Facts facts;
  std::size_t used = 0;
};

// Gives the bytes in pieces of `piece`, keeping what is not used, as a connection does.
Outcome parse(std::string_view bytes, std::size_t piece, const Limits& limits = {}) {
  const std::string prefix;
  RequestParser parser(limits, prefix);
  Outcome out;
  std::size_t given = 0;
  while (out.step == RequestParser::Step::NeedMore && given < bytes.size()) {
    given = std::min(bytes.size(), given + piece);
    do {
      std::size_t used = 0;
      out.step = parser.advance(bytes.substr(out.used, given - out.used), used);
      out.used += used;
      if (out.step == RequestParser::Step::Head) parser.set_body_bytes_max(1000);
    } while (out.step == RequestParser::Step::Head);
  }
  out.failure = parser.failure();
  out.facts = parser.facts();
  out.request = std::move(parser.request());
  return out;
}

TEST(RequestParser, gives_the_same_for_pieces_of_every_size) {
  const std::string request =
      "\r\nPOST /a%20b?c=d HTTP/1.1\r\nHost: example\r\nX-Empty:\r\nX-Two:  spaced  value \r\n"
      "Accept-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "3\r\nabc\r\n0a;ext=\"v\"\r\n0123456789\r\n0\r\nX-Late: no\r\n\r\n";
  for (std::size_t piece = 1; piece <= request.size(); ++piece) {
    const Outcome out = parse(request, piece);
    ASSERT_EQ(out.step, RequestParser::Step::Done) << piece;
    EXPECT_EQ(out.used, request.size());
    EXPECT_EQ(out.request.target, "/a%20b?c=d");
    EXPECT_EQ(out.request.path(), "/a%20b");
    EXPECT_EQ(out.request.query(), "c=d");
    EXPECT_EQ(out.request.body, "abc0123456789");
    EXPECT_EQ(out.request.headers.find("x-two"), "spaced  value");
    EXPECT_EQ(out.request.headers.find("X-Empty"), "");
    EXPECT_EQ(out.request.headers.find("X-Late"), "") << "trailers are no headers";
    EXPECT_TRUE(out.facts.accepts_gzip);
    EXPECT_TRUE(out.facts.keep_alive);
  }
}

TEST(RequestParser, takes_no_byte_of_the_next_request) {
  const std::string first = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
  const Outcome out = parse(first + "GET / HTTP/1.1\r\n", 1000);
  EXPECT_EQ(out.step, RequestParser::Step::Done);
  EXPECT_EQ(out.used, first.size());
}

TEST(RequestParser, limits_what_chunks_cost_besides_their_content) {
  Limits limits;
  limits.header_bytes_max = 200;
  std::string request = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string fine = request;
  for (int i = 0; i < 100; ++i) fine += "1\r\nx\r\n";
  fine += "0\r\n\r\n";
  EXPECT_EQ(parse(fine, 7, limits).request.body.size(), 100U);
  for (int i = 0; i < 100; ++i) request += "1;e=" + std::string(50, 'y') + "\r\nx\r\n";
  EXPECT_EQ(parse(request, 7, limits).failure, 400U);
  const std::string trailers =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: " +
      std::string(300, 't');
  EXPECT_EQ(parse(trailers, 7, limits).failure, 400U);
}

TEST(RequestParser, joins_forwarded_headers) {
  const Outcome out = parse(
      "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: a, b\r\nx-forwarded-for: c\r\n"
      "X-Real-IP: d\r\n\r\n",
      1000);
  EXPECT_EQ(out.facts.forwarded_for, "a, b,c");
  EXPECT_EQ(out.facts.real_ip, "d");
}

// In one piece a plain head is read at once; byte by byte it goes through the full grammar.
void expect_same_in_pieces(const std::string& bytes) {
  const Outcome whole = parse(bytes, bytes.size());
  const Outcome pieces = parse(bytes, 1);
  ASSERT_EQ(whole.step, pieces.step) << bytes;
  ASSERT_EQ(whole.failure, pieces.failure) << bytes;
  if (whole.step != RequestParser::Step::Done) return;
  EXPECT_EQ(whole.used, pieces.used) << bytes;
  EXPECT_EQ(whole.request.method, pieces.request.method);
  EXPECT_EQ(whole.request.target, pieces.request.target);
  EXPECT_EQ(whole.request.path_size, pieces.request.path_size);
  EXPECT_EQ(whole.facts.keep_alive, pieces.facts.keep_alive) << bytes;
  EXPECT_EQ(whole.facts.http11, pieces.facts.http11);
  EXPECT_EQ(whole.facts.has_body, pieces.facts.has_body);
  EXPECT_EQ(whole.facts.accepts_gzip, pieces.facts.accepts_gzip);
  EXPECT_EQ(whole.facts.real_ip, pieces.facts.real_ip);
  EXPECT_EQ(whole.facts.forwarded_for, pieces.facts.forwarded_for);
  const auto text_of = [](const Headers& headers) {
    std::string out;
    for (const Header& header : headers) out += header.name + "=" + header.value + "\n";
    return out;
  };
  EXPECT_EQ(text_of(whole.request.headers), text_of(pieces.request.headers)) << bytes;
}

TEST(RequestParser, reads_plain_heads_as_the_full_grammar_does) {
  const std::string_view lines[] = {"GET /a?b=c HTTP/1.1",     "GET / HTTP/1.0",
                                    "GET http://h/x HTTP/1.1", "GET nowhere HTTP/1.1",
                                    "GET * HTTP/1.1",          "HEAD / HTTP/1.1",
                                    "GET  / HTTP/1.1",         "get / HTTP/1.1",
                                    "GET /\x7F HTTP/1.1",      "GET /\xC3\xA9 HTTP/1.1"};
  const std::string_view headers[] = {"",
                                      "Host: h",
                                      "host:h",
                                      "Host: h\r\nHost: i",
                                      "Host: h\r\nConnection: close",
                                      "Host: h\r\nConnection: Keep-Alive",
                                      "Host: h\r\nConnection: keep-alive, close",
                                      "Host: h\r\nConnection: keep-alive\r\nConnection: close",
                                      "Host: h\r\nContent-Length: 0",
                                      "Host: h\r\nContent-Length: x",
                                      "Host: h\r\nTransfer-Encoding: chunked",
                                      "Host: h\r\nTransfer-Encoding : chunked",
                                      "Host: h\r\nExpect: 100-continue",
                                      "Host: h\r\nExpect: more",
                                      "Host: h\r\nUpgrade: x",
                                      "Host: h\r\nX: \t spaced \t ",
                                      "Host: h\r\nX:",
                                      "Host: h\r\n folded",
                                      "Host: h\r\n\tfolded",
                                      "Host: h\r\nX y: z",
                                      "Host: h\r\n: z",
                                      "Host: h\r\nX: a\x01",
                                      "Host: h\r\nX: \xC3\xA9",
                                      "Host: h\nX: y",
                                      "Host: h\r\nX: a\rb",
                                      "Host: h\r\nAccept-Encoding: gzip\r\nX-Real-IP: "
                                      "a\r\nX-Forwarded-For: b\r\nX-Forwarded-For: c"};
  for (const std::string_view line : lines) {
    for (const std::string_view header : headers) {
      std::string bytes(line);
      bytes += "\r\n";
      bytes += header;
      bytes += header.empty() ? "\r\n" : "\r\n\r\n";
      expect_same_in_pieces(bytes);
      expect_same_in_pieces("\r\n" + bytes);
    }
  }
}

TEST(RequestParser, takes_plain_heads_one_after_another) {
  const std::string first = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
  const Outcome out = parse(first + "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n", 1000);
  EXPECT_EQ(out.used, first.size());
  EXPECT_EQ(out.request.target, "/1");
}

// No piece of noise may be taken for a request, nor read beyond its end.
TEST(RequestParser, survives_noise) {
  unsigned state = 7;
  const auto random = [&state] { return (state = state * 1664525U + 1013904223U) >> 16U; };
  using namespace std::string_literals;
  const std::string alphabet = "GETPOS /:?%HTTP/1.1\r\n\r\n\t\0;,=aZ09\xff\x80-_"s;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = round % 2 == 0 ? "GET / HTTP/1.1\r\nHost: h\r\n" : "";
    const std::size_t size = random() % 80;
    for (std::size_t i = 0; i < size; ++i) bytes += alphabet[random() % alphabet.size()];
    const Outcome out = parse(bytes, 1 + random() % 20);
    ASSERT_LE(out.used, bytes.size());
    if (out.step == RequestParser::Step::Failed) {
      ASSERT_GE(out.failure, 400U);
    }
  }
}

}  // namespace
}  // namespace gantry::http
