// Every way that we know to write an address that must not be reached, through the real client,
// against listeners that must not be touched.

#include <gtest/gtest.h>

#include "receiver.h"
#include "scripted_names.h"

namespace gantry::egress {
namespace {

using testing::failure_of;
using testing::Receiver;
using testing::Seen;
using testing::send;
using Kind = HttpFailure::Kind;

// Each is put where the host stands: "http://<spelling>:<port>/".
constexpr const char* kSpellings[] = {
    // Loopback, in the ways inet_aton reads numbers.
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.0.0.2",
    "127.1.2.3",
    "127.255.255.254",
    "127.0.0.0",
    "2130706433",
    "2130706434",
    "0x7f000001",
    "0X7F000001",
    "0x7F.0.0.1",
    "0x7f.1",
    "0x7f.0x1",
    "0x7f.0x0.0x0.0x1",
    "0x7f.0.1",
    "0177.0.0.1",
    "0177.1",
    "0177.0.1",
    "0177.0.0.01",
    "0177.0000.0000.0001",
    "017700000001",
    "0177.0x0.0.1",
    "127.0x0.00.1",
    "127.0.0x1",
    "127.00.1",
    "0x7f.0.0.01",
    "127.000.000.001",
    "0000177.1",
    "0x0000007f.1",
    "127.0.0.1.",
    "127.1.",
    "2130706433.",
    "0x7f000001.",
    "0177.1.",
    // Unspecified.
    "0.0.0.0",
    "0",
    "0.",
    "0x0",
    "00",
    "0.0",
    "0.0.0",
    "0.0.0.1",
    "000.000.000.000",
    "0.0.0.0.",
    // Private.
    "10.0.0.1",
    "10.1",
    "167772161",
    "0x0a000001",
    "012.0.0.1",
    "0xa.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "0xac.16.1",
    "2886729729",
    "0254.020.0.1",
    "192.168.0.1",
    "192.168.1",
    "192.168.257",
    "3232235521",
    "0xc0a80001",
    "0300.0250.0.1",
    "192.0xa8.0.01",
    "100.64.0.1",
    "100.127.255.254",
    "1681915905",
    "192.168.0.1.",
    // Link-local and metadata.
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.16689662",
    "0xa9.254.0251.254",
    "169.254.169.254.",
    "169.254.1.1",
    "169.254.170.2",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    // Not for anybody.
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "4294967295",
    "0xffffffff",
    "240.0.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "203.0.113.1",
    "198.51.100.1",
    // IPv6.
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[0::1]",
    "[::0001]",
    "[::]",
    "[0:0:0:0:0:0:0:0]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:7F00:0001]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[::ffff:169.254.169.254]",
    "[::ffff:0.0.0.0]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::a00:1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2002:a9fe:a9fe::]",
    "[2002:0a00:0001::1]",
    "[2001:0:7f00:1::]",
    "[fd00:ec2::254]",
    "[fd00::1]",
    "[fc00::1]",
    "[fdff:ffff:ffff::1]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fe80::1%251]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff05::2]",
    "[2001:db8::1]",
    "[100::1]",
    "[2606:4700::5efe:127.0.0.1]",
    // Names, as they are and dressed up.
    "localhost",
    "LOCALHOST",
    "LocalHost",
    "localhost.",
    "a.localhost",
    "loop.spell.test",
    "LOOP.spell.TEST",
    "six.spell.test",
    "mapped.spell.test",
    "meta.spell.test",
    "zero.spell.test",
    "both.spell.test",
    "loop.spell.test.",
    // Encoded and in other scripts.
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "%6c%6f%63%61%6c%68%6f%73%74",
    "0x7f%2e1",
    "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
    "127\xe3\x80\x82"
    "0\xe3\x80\x82"
    "0\xe3\x80\x82"
    "1",
    "\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1",
    "\xe2\x93\x9b\xe2\x93\x9e\xe2\x93\x92\x61lhost",
    // With a user who looks like a host.
    "public.test@127.0.0.1",
    "8.8.8.8:80@127.0.0.1",
    "user:pass@0x7f.1",
    "8.8.8.8@[::1]",
    "public.test%40@127.0.0.1",
    "user@localhost",
    "a:b@2130706433",
    "127.0.0.1\\@public.test",
};

// Spellings whose only sane answer is that they are no place at all.
constexpr const char* kUnreadable[] = {
    "127.0.0.1.1.1",
    "[127.0.0.1]",
    "[::1",
    "::1",
    "[::g]",
    "0x",
    "4294967296",
    "256.256.256.256",
    "127.0.0.1%00.public.test",
    "127..1",
    "[::ffff:127.0.0.1.2]",
    "[::1]x",
    "127.0.0.1 ",
    "[]",
    "-",
    "0x7f.0.0.0.1",
    "127.0.0.0x100",
};

class Spellings : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::script_name("loop.spell.test", {{{"127.0.0.1"}}, {}});
    testing::script_name("loop.spell.test.", {{{"127.0.0.1"}}, {}});
    testing::script_name("LOOP.spell.TEST", {{{"127.0.0.1"}}, {}});
    testing::script_name("six.spell.test", {{{"::1"}}, {}});
    testing::script_name("mapped.spell.test", {{{"::ffff:127.0.0.1"}}, {}});
    testing::script_name("meta.spell.test", {{{"169.254.169.254"}}, {}});
    testing::script_name("zero.spell.test", {{{"0.0.0.0"}}, {}});
    testing::script_name("both.spell.test", {{{"10.0.0.1", "::1", "127.0.0.1"}}, {}});
    testing::script_name("public.test", {{{"93.184.216.34"}}, {}});
  }

  static testing::Answer answer(const Seen&) { return testing::reply(200, "reached"); }

  HttpRequest to(const std::string& spelling, Reach reach) const {
    HttpRequest request =
        testing::get("http://" + spelling + ":" + std::to_string(four_.port()) + "/");
    request.policy = {reach, nullptr};
    return request;
  }

  Receiver four_{&answer};
  Receiver six_{&answer, "::1", nullptr, four_.port()};
};

TEST_F(Spellings, none_gets_through_when_only_public_places_may_be_reached) {
  static_assert(std::size(kSpellings) >= 120);
  CurlHttpClient client;
  for (const char* spelling : kSpellings) {
    const HttpFailure failure = failure_of(send(client, to(spelling, Reach::PublicOnly)));
    EXPECT_EQ(failure.kind, Kind::Blocked) << spelling << ": " << failure.text;
  }
  EXPECT_EQ(four_.connections(), 0U);
  EXPECT_EQ(six_.connections(), 0U);
}

TEST_F(Spellings, the_unreadable_reach_nothing) {
  CurlHttpClient client;
  for (const char* spelling : kUnreadable) {
    for (const Reach reach : {Reach::PublicOnly, Reach::LocalAndPublic}) {
      const HttpFailure failure = failure_of(send(client, to(spelling, reach)));
      EXPECT_TRUE(failure.kind == Kind::InvalidUrl || failure.kind == Kind::NotResolved)
          << spelling << ": " << failure.kind << " " << failure.text;
    }
  }
  EXPECT_EQ(four_.connections() + six_.connections(), 0U);
}

// Without it, the tests above could pass because nothing is reachable at all.
TEST_F(Spellings, those_of_this_very_listener_get_through_when_allowed) {
  CurlHttpClient client;
  for (const char* spelling : {"127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.1", "[::1]",
                               "[::ffff:127.0.0.1]", "localhost", "loop.spell.test",
                               "six.spell.test", "127%2e0%2e0%2e1", "8.8.8.8:80@127.0.0.1"}) {
    EXPECT_EQ(testing::reply_of(send(client, to(spelling, Reach::LocalAndPublic))).body, "reached")
        << spelling;
  }
}

TEST_F(Spellings, the_never_allowed_stay_closed_with_local_reach) {
  CurlHttpClient client;
  for (const char* spelling : {"0.0.0.0",
                               "0",
                               "0x0",
                               "169.254.169.254",
                               "0xa9fea9fe",
                               "2852039166",
                               "169.254.1.1",
                               "[::]",
                               "[fe80::1]",
                               "[fd00:ec2::254]",
                               "[::ffff:169.254.169.254]",
                               "224.0.0.1",
                               "255.255.255.255",
                               "[ff02::1]",
                               "meta.spell.test",
                               "zero.spell.test",
                               "[64:ff9b::a9fe:a9fe]",
                               "[2002:a9fe:a9fe::]",
                               "168.63.129.16",
                               "100.100.100.200"}) {
    EXPECT_EQ(failure_of(send(client, to(spelling, Reach::LocalAndPublic))).kind, Kind::Blocked)
        << spelling;
  }
  EXPECT_EQ(four_.connections() + six_.connections(), 0U);
}

}  // namespace
}  // namespace gantry::egress
