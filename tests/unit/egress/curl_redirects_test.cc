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
using testing::redirect;
using testing::reply_of;
using testing::Seen;
using testing::send;
using Kind = HttpFailure::Kind;

TEST(CurlRedirects, are_followed_and_counted) {
  Receiver receiver([](const Seen& seen) {
    const int step = std::stoi(seen.target.substr(1));
    return step == 0 ? testing::reply(200, "end") : redirect(302, "/" + std::to_string(step - 1));
  });
  CurlHttpClient client;
  const HttpReply reply = reply_of(send(client, get(receiver.url("/20"))));
  EXPECT_EQ(reply.body, "end");
  EXPECT_EQ(reply.final_url, receiver.url("/0"));
  EXPECT_EQ(reply.timing.redirects, 20U);
  EXPECT_EQ(receiver.connections(), 1U);
  EXPECT_EQ(client.metrics().redirects, 20U);
  EXPECT_EQ(failure_of(send(client, get(receiver.url("/21")))).kind, Kind::TooManyRedirects);
}

TEST(CurlRedirects, are_handed_over_when_asked) {
  Receiver receiver([](const Seen&) { return redirect(302, "/x"); });
  CurlHttpClient client;
  HttpRequest request = get(receiver.url());
  request.redirects = Redirects::Return;
  const HttpReply reply = reply_of(send(client, request));
  EXPECT_EQ(reply.status, 302U);
  EXPECT_EQ(reply.body, "moved");
}

TEST(CurlRedirects, without_a_place_are_replies) {
  Receiver receiver([](const Seen&) { return testing::reply(302, "stay"); });
  CurlHttpClient client;
  EXPECT_EQ(reply_of(send(client, get(receiver.url()))).body, "stay");
}

TEST(CurlRedirects, make_get_of_post_or_keep_it) {
  Receiver receiver([](const Seen& seen) {
    if (seen.target == "/end") return testing::reply(200);
    return redirect(static_cast<unsigned>(std::stoi(seen.target.substr(1))), "/end");
  });
  CurlHttpClient client;
  reply_of(send(client, post(receiver.url("/302"), "{}")));
  EXPECT_EQ(receiver.seen().back().method, "GET");
  EXPECT_EQ(receiver.seen().back().body, "");
  EXPECT_EQ(receiver.seen().back().header("Content-Type"), "(absent)");
  EXPECT_EQ(receiver.seen().back().header("Content-Length"), "(absent)");
  reply_of(send(client, post(receiver.url("/307"), "{}")));
  EXPECT_EQ(receiver.seen().back().method, "POST");
  EXPECT_EQ(receiver.seen().back().body, "{}");
  EXPECT_EQ(receiver.seen().back().header("Content-Type"), "application/json");
}

TEST(CurlRedirects, to_another_host_carry_no_secrets) {
  Receiver other([](const Seen&) { return testing::reply(200); });
  Receiver first([&](const Seen& seen) {
    return seen.target == "/near" ? redirect(307, "/far") : redirect(307, other.url("/end"));
  });
  CurlHttpClient client;
  HttpRequest request = post(first.url("/near"), "{}");
  request.url.insert(7, "user:pass@");
  request.headers = {{"Cookie", "c"},
                     {"x-auth-token", "t"},
                     {"apiKey", "k"},
                     {"X-Mine", "m"},
                     {"Host", "virtual.test"}};
  request.secret_headers = {"x-mine"};
  EXPECT_EQ(reply_of(send(client, request)).status, 200U);
  const Seen near = first.seen().at(1);
  EXPECT_EQ(near.header("Authorization"), "Basic dXNlcjpwYXNz");
  EXPECT_EQ(near.header("X-Auth-Token"), "t");
  EXPECT_EQ(near.header("Host"), "virtual.test");
  const Seen far = other.seen().at(0);
  for (const char* name : {"Authorization", "Cookie", "X-Auth-Token", "X-Mine"}) {
    EXPECT_EQ(far.header(name), "(absent)") << name;
  }
  EXPECT_EQ(far.header("apiKey"), "k");
  EXPECT_EQ(far.header("Host"), "127.0.0.1:" + std::to_string(other.port()));
  EXPECT_EQ(far.body, "{}");
}

TEST(CurlRedirects, to_forbidden_places_are_refused) {
  testing::script_name("inner.test", {{{"127.0.0.1"}}, {}});
  testing::script_name("first.test", {{{"127.0.0.2"}}, {}});
  Receiver forbidden([](const Seen&) { return testing::reply(200); });
  std::string location;
  Receiver first([&](const Seen&) { return redirect(302, location); }, "127.0.0.2");
  NetworkRules rules;
  rules.extra = std::get<Places>(parse_places("127.0.0.2"));
  const AddressPolicy policy{Reach::PublicOnly, std::make_shared<const NetworkRules>(rules)};
  const std::string port = std::to_string(forbidden.port());
  CurlHttpClient client;
  for (const std::string& to : std::vector<std::string>{
           "http://127.0.0.1:" + port, "http://inner.test:" + port, "http://[::1]:" + port,
           "http://0x7f000001:" + port, "http://169.254.169.254/", "http://localhost:" + port,
           "//127.1:" + port, "http://[::ffff:127.0.0.1]:" + port}) {
    location = to;
    HttpRequest request = get("http://first.test:" + std::to_string(first.port()) + "/");
    request.policy = policy;
    EXPECT_EQ(failure_of(send(client, request)).kind, Kind::Blocked) << to;
  }
  EXPECT_EQ(first.seen().size(), 8U);
  EXPECT_EQ(forbidden.connections(), 0U);
}

TEST(CurlRedirects, to_other_schemes_are_refused) {
  std::string location;
  Receiver receiver([&](const Seen&) { return redirect(302, location); });
  CurlHttpClient client;
  for (const char* to : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:70/x",
                         "javascript:alert(1)", "dict://127.0.0.1/x", "data:,x"}) {
    location = to;
    EXPECT_EQ(failure_of(send(client, get(receiver.url()))).kind, Kind::SchemeNotAllowed) << to;
  }
  location = "http://[broken";
  EXPECT_EQ(failure_of(send(client, get(receiver.url()))).kind, Kind::InvalidUrl);
}

TEST(CurlRedirects, share_one_deadline) {
  Receiver receiver([](const Seen&) {
    std::this_thread::sleep_for(50ms);
    return redirect(302, "/again");
  });
  CurlHttpClient client;
  HttpRequest request = get(receiver.url());
  request.timeout = 220ms;
  EXPECT_EQ(failure_of(send(client, request)).kind, Kind::TimedOut);
  EXPECT_LE(receiver.seen().size(), 6U);
}

TEST(CurlRedirects, with_endless_bodies_are_followed_without_reading_them) {
  Receiver receiver([](const Seen& seen) {
    if (seen.target == "/end") return testing::reply(200, "end");
    return Answer{"HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n", Answer::Then::Close, 0ms,
                  std::string(10'000, 'x')};
  });
  CurlHttpClient client;
  EXPECT_EQ(reply_of(send(client, get(receiver.url()))).body, "end");
}

}  // namespace
}  // namespace gantry::egress
