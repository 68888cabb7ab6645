#include "egress/address_class.h"

#include <gtest/gtest.h>

namespace gantry::egress {
namespace {

using enum AddressClass;

struct Case {
  const char* address;
  AddressClass expected;
};

constexpr Case kCases[] = {
    {"8.8.8.8", Public},
    {"1.1.1.1", Public},
    {"93.184.216.34", Public},
    {"9.255.255.255", Public},
    {"11.0.0.0", Public},
    {"100.63.255.255", Public},
    {"100.128.0.0", Public},
    {"126.255.255.255", Public},
    {"128.0.0.0", Public},
    {"172.15.255.255", Public},
    {"172.32.0.0", Public},
    {"192.167.255.255", Public},
    {"192.169.0.0", Public},
    {"223.255.255.255", Public},
    {"169.253.255.255", Public},
    {"169.255.0.0", Public},
    {"198.17.255.255", Public},
    {"198.20.0.0", Public},
    {"0.0.0.0", Unspecified},
    {"0.0.0.1", Unspecified},
    {"0.255.255.255", Unspecified},
    {"127.0.0.1", Loopback},
    {"127.0.0.0", Loopback},
    {"127.255.255.255", Loopback},
    {"10.0.0.0", Private},
    {"10.255.255.255", Private},
    {"172.16.0.0", Private},
    {"172.31.255.255", Private},
    {"192.168.0.0", Private},
    {"192.168.255.255", Private},
    {"100.64.0.0", Private},
    {"100.127.255.255", Private},
    {"169.254.0.0", LinkLocal},
    {"169.254.255.255", LinkLocal},
    {"169.254.169.254", Metadata},
    {"169.254.170.2", Metadata},
    {"168.63.129.16", Metadata},
    {"100.100.100.200", Metadata},
    {"192.0.0.192", Metadata},
    {"192.0.0.1", Reserved},
    {"192.0.2.1", Reserved},
    {"198.18.0.1", Reserved},
    {"198.19.255.255", Reserved},
    {"198.51.100.7", Reserved},
    {"203.0.113.9", Reserved},
    {"240.0.0.1", Reserved},
    {"255.255.255.254", Reserved},
    {"224.0.0.1", Multicast},
    {"239.255.255.255", Multicast},
    {"255.255.255.255", Broadcast},
    {"2606:4700:4700::1111", Public},
    {"2a00:1450:4001:81b::200e", Public},
    {"::", Unspecified},
    {"::1", Loopback},
    {"fc00::1", Private},
    {"fdff:ffff::1", Private},
    {"fd00:ec2::254", Metadata},
    {"fd20:ce::254", Metadata},
    {"fe80::1", LinkLocal},
    {"fe80::1%1", LinkLocal},
    {"febf::1", LinkLocal},
    {"fec0::1", Reserved},
    {"ff02::1", Multicast},
    {"2001:db8::1", Reserved},
    {"2001::1", Reserved},
    {"2001:0:7f00:1::1", Reserved},
    {"3fff::1", Reserved},
    {"4000::1", Reserved},
    {"5f00::1", Reserved},
    {"100::1", Reserved},
    {"64:ff9b:1::7f00:1", Reserved},
    // Forms that carry an IPv4 address.
    {"::ffff:127.0.0.1", Loopback},
    {"::ffff:10.0.0.1", Private},
    {"::ffff:169.254.169.254", Metadata},
    {"::ffff:8.8.8.8", Public},
    {"::ffff:0.0.0.0", Unspecified},
    {"::ffff:0:127.0.0.1", Loopback},
    {"::127.0.0.1", Loopback},
    {"::10.1.2.3", Private},
    {"::2", Unspecified},
    {"64:ff9b::127.0.0.1", Loopback},
    {"64:ff9b::a9fe:a9fe", Metadata},
    {"64:ff9b::8.8.8.8", Public},
    {"2002:7f00:1::", Loopback},
    {"2002:a00:1::1", Private},
    {"2002:a9fe:a9fe::1", Metadata},
    {"2002:808:808::1", Public},
    {"2606:4700::5efe:10.0.0.1", Private},
    {"2606:4700::200:5efe:127.0.0.1", Loopback},
    {"2606:4700::5efe:8.8.8.8", Public},
    {"fe80::5efe:8.8.8.8", LinkLocal},
};

TEST(AddressClass, knows_every_kind_of_place) {
  for (const Case& c : kCases) {
    EXPECT_EQ(static_cast<int>(classify(ip::make_address(c.address))), static_cast<int>(c.expected))
        << c.address;
  }
}

TEST(AddressClass, finds_the_ipv4_address_inside) {
  EXPECT_EQ(effective_address(ip::make_address("::ffff:1.2.3.4")).to_string(), "1.2.3.4");
  EXPECT_EQ(effective_address(ip::make_address("2002:102:304::9")).to_string(), "1.2.3.4");
  EXPECT_EQ(effective_address(ip::make_address("64:ff9b::102:304")).to_string(), "1.2.3.4");
  EXPECT_EQ(effective_address(ip::make_address("::1")).to_string(), "::1");
  EXPECT_EQ(effective_address(ip::make_address("2606:4700::1")).to_string(), "2606:4700::1");
}

}  // namespace
}  // namespace gantry::egress
