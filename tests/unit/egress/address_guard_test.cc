#include "egress/address_guard.h"

#include <gtest/gtest.h>

#include "receiver.h"
#include "scripted_names.h"

namespace gantry::egress {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::failure_of;
using testing::get;
using testing::Receiver;
using testing::reply_of;
using testing::Seen;
using testing::send;
using Kind = HttpFailure::Kind;

Answer closing(const Seen&) {
  Answer answer = testing::reply(200);
  answer.then = Answer::Then::Close;
  return answer;
}

AddressPolicy denying(const char* places) {
  NetworkRules rules;
  rules.denied = std::get<Places>(parse_places(places));
  return {Reach::LocalAndPublic, std::make_shared<const NetworkRules>(std::move(rules))};
}

TEST(AddressGuard, judges_the_address_of_each_look_up_anew) {
  testing::script_name("rebind.test", {{{"127.0.0.1"}, {"127.0.0.2"}}, {}});
  Receiver good(closing);
  Receiver evil(closing, "127.0.0.2", nullptr, good.port());
  EgressOptions options;
  options.names_kept = 0ms;
  CurlHttpClient client(options);
  HttpRequest request = get("http://rebind.test:" + std::to_string(good.port()) + "/");
  request.policy = denying("127.0.0.2");
  EXPECT_EQ(reply_of(send(client, request)).status, 200U);
  EXPECT_EQ(failure_of(send(client, request)).kind, Kind::Blocked);
  EXPECT_EQ(testing::look_ups_of("rebind.test"), 2U);
  EXPECT_EQ(evil.connections(), 0U);
}

TEST(AddressGuard, judges_kept_connections_by_the_policy_of_each_request) {
  testing::script_name("kept.test", {{{"127.0.0.1"}}, {}});
  Receiver receiver([](const Seen&) { return testing::reply(200); });
  CurlHttpClient client;
  HttpRequest request = get("http://kept.test:" + std::to_string(receiver.port()) + "/");
  EXPECT_EQ(reply_of(send(client, request)).status, 200U);
  HttpRequest strict = request;
  strict.policy = {};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(failure_of(send(client, strict)).kind, Kind::Blocked);
  }
  EXPECT_EQ(receiver.seen().size(), 1U);
  EXPECT_EQ(reply_of(send(client, request)).status, 200U);
}

TEST(AddressGuard, uses_another_address_when_the_kept_connection_is_not_allowed) {
  testing::script_name("two.test", {{{"127.0.0.1"}, {"127.0.0.2"}}, {}});
  Receiver one([](const Seen&) { return testing::reply(200, "one"); });
  Receiver two([](const Seen&) { return testing::reply(200, "two"); }, "127.0.0.2", nullptr,
               one.port());
  EgressOptions options;
  options.names_kept = 0ms;
  CurlHttpClient client(options);
  HttpRequest request = get("http://two.test:" + std::to_string(one.port()) + "/");
  EXPECT_EQ(reply_of(send(client, request)).body, "one");
  request.policy = denying("127.0.0.1");
  EXPECT_EQ(reply_of(send(client, request)).body, "two");
  EXPECT_EQ(one.seen().size(), 1U);
}

TEST(AddressGuard, skips_forbidden_addresses_of_a_name_with_several) {
  testing::script_name("mixed.test", {{{"127.0.0.2", "127.0.0.1"}}, {}});
  Receiver good(closing);
  Receiver evil(closing, "127.0.0.2", nullptr, good.port());
  CurlHttpClient client;
  HttpRequest request = get("http://mixed.test:" + std::to_string(good.port()) + "/");
  request.policy = denying("127.0.0.2");
  const HttpReply reply = reply_of(send(client, request));
  EXPECT_EQ(reply.status, 200U) << reply.body;
  EXPECT_EQ(evil.connections(), 0U);
}

TEST(AddressGuard, refuses_own_listeners_and_denied_hosts_end_to_end) {
  testing::script_name("bad.test", {{{"127.0.0.1"}}, {}});
  Receiver receiver([](const Seen&) { return testing::reply(200); });
  NetworkRules rules;
  rules.own_listeners = {{ip::make_address("0.0.0.0"), receiver.port()}};
  CurlHttpClient client;
  HttpRequest own = get(receiver.url());
  own.policy = {Reach::LocalAndPublic, std::make_shared<const NetworkRules>(rules)};
  const HttpFailure failure = failure_of(send(client, own));
  EXPECT_EQ(failure.kind, Kind::Blocked);
  EXPECT_EQ(failure.text, "The network rule forbids 127.0.0.1: it is this server itself.");
  HttpRequest denied = get("http://BAD.test.:" + std::to_string(receiver.port()) + "/");
  denied.policy = denying("bad.test");
  EXPECT_EQ(failure_of(send(client, denied)).kind, Kind::Blocked);
  EXPECT_EQ(testing::look_ups_of("bad.test"), 0U);
  EXPECT_EQ(receiver.connections(), 0U);
}

TEST(AddressGuard, tells_no_inner_addresses) {
  testing::script_name("inner.example.test", {{{"10.20.30.40"}}, {}});
  CurlHttpClient client;
  HttpRequest request = get("http://inner.example.test/");
  request.policy = {};
  const HttpFailure failure = failure_of(send(client, request));
  EXPECT_EQ(failure.kind, Kind::Blocked);
  EXPECT_EQ(failure.code, "ERR_EGRESS_BLOCKED");
  EXPECT_EQ(failure.text.find("10.20"), std::string::npos);
}

}  // namespace
}  // namespace gantry::egress
