#include "egress/proxy.h"

#include <gtest/gtest.h>

#include "receiver.h"
#include "scripted_names.h"

namespace gantry::egress {
namespace {

using testing::failure_of;
using testing::Receiver;
using testing::reply_of;
using Kind = HttpFailure::Kind;

std::string proxy(std::string_view no_proxy, std::string_view url) {
  const ProxySettings settings{"http://p:1", "http://s:2", std::string(no_proxy), {}};
  return std::string(proxy_for(settings, std::get<Url>(parse_url(url))));
}

TEST(Proxy, is_chosen_by_scheme) {
  EXPECT_EQ(proxy("", "http://a.example/"), "http://p:1");
  EXPECT_EQ(proxy("", "https://a.example/"), "http://s:2");
}

TEST(Proxy, is_left_out_for_what_no_proxy_names) {
  struct Case {
    const char* no_proxy;
    const char* url;
    bool direct;
  };
  static constexpr Case kCases[] = {
      {"*", "http://a.example/", true},
      {"a.example", "http://a.example/", true},
      {"x, a.example", "http://b.a.example/", true},
      {".a.example", "http://b.a.example/", true},
      {"*.a.example", "http://b.a.example/", true},
      {"a.example", "http://ba.example/", false},
      {"a.example:8080", "http://a.example:8080/", true},
      {"a.example:8080", "http://a.example/", false},
      {"10.0.0.0/8", "http://10.1.2.3/", true},
      {"10.0.0.0/8", "http://11.1.2.3/", false},
      {"127.0.0.1", "http://127.0.0.1:9/", true},
      {"::1", "http://[::1]:9/", true},
      {"[::1]:9", "http://[::1]:9/", true},
      {"[::1]:8", "http://[::1]:9/", false},
      {"A.Example.", "http://a.example/", true},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(proxy(c.no_proxy, c.url).empty(), c.direct) << c.no_proxy << " " << c.url;
  }
}

class ThroughProxy : public ::testing::Test {
 protected:
  Receiver proxy_{[](const testing::Seen&) { return testing::reply(200, "by proxy"); }};

  EgressOptions options(UnresolvedName unresolved = UnresolvedName::Refuse) const {
    EgressOptions with;
    with.proxy.http = "http://user:pass@127.0.0.1:" + std::to_string(proxy_.port());
    with.proxy.unresolved = unresolved;
    return with;
  }
  static HttpRequest to(const std::string& url) {
    HttpRequest request = testing::get(url);
    request.policy = {};
    return request;
  }
};

TEST_F(ThroughProxy, sends_what_may_be_reached_to_the_proxy) {
  testing::script_name("public.test", {{{"93.184.216.34"}}, {}});
  CurlHttpClient client(options());
  const HttpReply reply = reply_of(testing::send(client, to("http://public.test/x")));
  EXPECT_EQ(reply.body, "by proxy");
  ASSERT_EQ(proxy_.seen().size(), 1U);
  EXPECT_EQ(proxy_.seen()[0].target, "http://public.test/x");
  EXPECT_EQ(proxy_.seen()[0].header("Proxy-Authorization"), "Basic dXNlcjpwYXNz");
}

TEST_F(ThroughProxy, judges_names_and_addresses_before) {
  testing::script_name("inner.test", {{{"10.0.0.1"}}, {}});
  testing::script_name("half.test", {{{"93.184.216.34", "127.0.0.1"}}, {}});
  CurlHttpClient client(options());
  for (const char* url : {"http://inner.test/", "http://half.test/", "http://127.0.0.1:1/",
                          "http://169.254.169.254/", "http://0x7f.1/"}) {
    EXPECT_EQ(failure_of(testing::send(client, to(url))).kind, Kind::Blocked) << url;
  }
  EXPECT_EQ(proxy_.connections(), 0U);
}

TEST_F(ThroughProxy, leaves_unknown_names_to_the_proxy_only_when_told) {
  CurlHttpClient strict(options());
  EXPECT_EQ(failure_of(testing::send(strict, to("http://nobody.test/"))).kind, Kind::NotResolved);
  EXPECT_EQ(proxy_.connections(), 0U);
  CurlHttpClient open(options(UnresolvedName::LeaveToProxy));
  EXPECT_EQ(reply_of(testing::send(open, to("http://nobody.test/"))).body, "by proxy");
}

}  // namespace
}  // namespace gantry::egress
