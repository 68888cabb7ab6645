// The table of egress_cases.h through the real client: asked for directly, through a proxy, and as
// the target of a redirect. A proxy is how public addresses are reached without a network.

#include "egress_cases.h"

#include <gtest/gtest.h>

#include "receiver.h"
#include "scripted_names.h"

namespace gantry::egress {
namespace {

using testing::EgressCase;
using testing::Is;
using testing::kEgressCases;
using testing::Receiver;
using testing::Seen;
using testing::send;
using Kind = HttpFailure::Kind;

constexpr char kFirstHop[] = "http://first.case.test/";

struct Name {
  const char* name;
  const char* address;
};
constexpr Name kNames[] = {
    {"first.case.test", "93.184.216.33"},
    {"good.case.test", "93.184.216.34"},
    {"xn--bcher-kva.case.test", "93.184.216.35"},
    {"good6.case.test", "2606:4700:4700::1111"},
    {"loop.case.test", "127.0.0.1"},
    {"six.case.test", "::1"},
    {"mapped.case.test", "::ffff:127.0.0.1"},
    {"private.case.test", "10.0.0.8"},
    {"vouched.case.test", "10.0.0.8"},
    {"ula.case.test", "fd00::8"},
    {"shared.case.test", "100.64.0.9"},
    {"nat.case.test", "64:ff9b::a00:1"},
    {"tunnel.case.test", "2002:a00:1::"},
    {"link.case.test", "169.254.10.10"},
    {"zone.case.test", "fe80::1%1"},
    {"meta.case.test", "169.254.169.254"},
    {"meta6.case.test", "fd00:ec2::254"},
    {"zero.case.test", "0.0.0.0"},
    {"many.case.test", "224.0.0.1"},
    {"all.case.test", "255.255.255.255"},
    {"bench.case.test", "198.18.0.7"},
    {"site.case.test", "fec0::1"},
    {"self.case.test", "93.184.216.40"},
    {"denied.case.test", "93.184.216.34"},
};

Places places(const char* text) {
  return std::get<Places>(parse_places(text));
}

AddressPolicy policy() {
  NetworkRules rules;
  rules.extra = places("10.9.8.0/24 vouched.case.test 169.254.169.254");
  rules.denied = places("93.184.217.0/24 denied.case.test");
  rules.own_listeners = {{ip::make_address("93.184.216.40"), 3000}};
  return {Reach::PublicOnly, std::make_shared<const NetworkRules>(std::move(rules))};
}

Verdict to_verdict(Is is) {
  switch (is) {
    case Is::Loopback:
      return Verdict::Loopback;
    case Is::Private:
      return Verdict::Private;
    case Is::LinkLocal:
      return Verdict::LinkLocal;
    case Is::Metadata:
      return Verdict::Metadata;
    case Is::Multicast:
      return Verdict::Multicast;
    case Is::Broadcast:
      return Verdict::Broadcast;
    case Is::Unspecified:
      return Verdict::Unspecified;
    case Is::Reserved:
      return Verdict::Reserved;
    case Is::OwnListener:
      return Verdict::OwnListener;
    case Is::Denied:
      return Verdict::Denied;
    default:
      return Verdict::Allowed;
  }
}

std::string expected(Is is) {
  switch (is) {
    case Is::Allowed:
      return "reached";
    case Is::NoUrl:
      return "invalid-url";
    case Is::OtherScheme:
      return "scheme-not-allowed";
    case Is::ControlCharacter:
      return "bad-request";
    case Is::Unresolved:
      return "not-resolved";
    default:
      return "blocked, " + std::string(to_words(to_verdict(is)));
  }
}

// "blocked, a loopback address": the kind, and the reason of a refusal.
std::string told(const HttpFailure& failure) {
  std::string kind(to_string(failure.kind));
  if (failure.kind != Kind::Blocked) return kind;
  const std::size_t at = failure.text.rfind(": it is ");
  if (at == std::string::npos) return kind + " without a reason: " + failure.text;
  return kind + ", " + failure.text.substr(at + 8, failure.text.size() - at - 9);
}

class EgressCases : public ::testing::Test {
 protected:
  EgressCases() {
    for (const auto& [name, address] : kNames) {
      testing::script_name(name, {{{address}}, {}});
      testing::script_name(std::string(name) + ".", {{{address}}, {}});
    }
    // The look-up is as the parser hands the name on; capitals stay.
    testing::script_name("LOOP.case.TEST", {{{"127.0.0.1"}}, {}});
    testing::script_name("GOOD.case.TEST", {{{"93.184.216.34"}}, {}});
  }

  EgressOptions through_proxy() const {
    EgressOptions options;
    options.proxy.http = "http://127.0.0.1:" + std::to_string(proxy_.port());
    options.proxy.https = options.proxy.http;
    return options;
  }

  static HttpRequest to(const char* url) {
    HttpRequest request = testing::get(url);
    request.policy = policy();
    return request;
  }

  // What became of the request; "reached" when a proxy was asked for the URL itself.
  std::string outcome(CurlHttpClient& client, const char* url, unsigned hops_before = 0) {
    const std::size_t before = proxy_.seen().size() + hops_before;
    const HttpResult result = send(client, to(url));
    if (proxy_.seen().size() > before) return "reached";
    if (const auto* failure = std::get_if<HttpFailure>(&result)) return told(*failure);
    return "a reply";
  }

  std::string location_;
  // Tunnels are refused: that one was asked for is all that is looked at.
  Receiver proxy_{[this](const Seen& seen) {
    if (seen.method == "CONNECT") return testing::reply(403);
    return seen.target == kFirstHop ? testing::redirect(307, location_) : testing::reply(200);
  }};
};

static_assert(std::size(kEgressCases) >= 300);

TEST_F(EgressCases, are_judged_through_a_proxy) {
  RecordProperty("covers", "integrations 11/guard-2, integrations 11/guard-3");
  CurlHttpClient client(through_proxy());
  for (const auto& [url, is] : kEgressCases) {
    EXPECT_EQ(outcome(client, url), expected(is)) << url;
  }
}

TEST_F(EgressCases, are_judged_without_a_proxy) {
  RecordProperty("covers", "integrations 11/guard-2, integrations 11/guard-3");
  CurlHttpClient client;
  for (const auto& [url, is] : kEgressCases) {
    if (is != Is::Allowed) EXPECT_EQ(outcome(client, url), expected(is)) << url;
  }
}

TEST_F(EgressCases, are_judged_as_targets_of_redirects) {
  RecordProperty("covers", "integrations 11/guard-5");
  CurlHttpClient client(through_proxy());
  for (const auto& [url, is] : kEgressCases) {
    // A header cannot hold these.
    if (is == Is::ControlCharacter) continue;
    location_ = url;
    EXPECT_EQ(outcome(client, kFirstHop, 1), expected(is)) << url;
  }
}

TEST_F(EgressCases, are_judged_by_the_address_of_each_look_up) {
  RecordProperty("covers", "integrations 11/guard-5");
  testing::script_name("turncoat.case.test", {{{"93.184.216.34"}, {"127.0.0.1"}}, {}});
  EgressOptions options = through_proxy();
  options.names_kept = Milliseconds{0};
  CurlHttpClient client(options);
  EXPECT_EQ(outcome(client, "http://turncoat.case.test/"), "reached");
  EXPECT_EQ(outcome(client, "http://turncoat.case.test/"), "blocked, a loopback address");
}

}  // namespace
}  // namespace gantry::egress
