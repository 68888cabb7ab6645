#include "egress/address_policy.h"

#include <gtest/gtest.h>
#include <ifaddrs.h>

#include "egress/sockaddr.h"
#include "receiver.h"

namespace gantry::egress {
namespace {

ip::address at(const char* text) {
  return ip::make_address(text);
}

Places places(std::string_view text) {
  auto parsed = parse_places(text);
  return std::get<Places>(std::move(parsed));
}

AddressPolicy policy(Reach reach, NetworkRules rules) {
  return {reach, std::make_shared<const NetworkRules>(std::move(rules))};
}

TEST(AddressPolicy, public_only_reaches_nothing_else) {
  const AddressPolicy strict;
  EXPECT_TRUE(allows(strict, at("8.8.8.8"), 443));
  EXPECT_TRUE(allows(strict, at("2606:4700::1"), 443));
  for (const char* address : {"127.0.0.1", "10.0.0.1", "::1", "fd12::1", "169.254.1.1", "0.0.0.0",
                              "224.0.0.1", "198.18.0.1", "::ffff:127.0.0.1"}) {
    EXPECT_FALSE(allows(strict, at(address), 80)) << address;
  }
}

TEST(AddressPolicy, local_reach_adds_loopback_and_private_only) {
  const AddressPolicy local{Reach::LocalAndPublic, nullptr};
  for (const char* address :
       {"127.0.0.1", "10.0.0.1", "::1", "fd12::1", "8.8.8.8", "100.64.0.1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(allows(local, at(address), 80)) << address;
  }
  for (const char* address :
       {"169.254.1.1", "169.254.169.254", "fd00:ec2::254", "fe80::1", "224.0.0.1", "ff02::1",
        "255.255.255.255", "0.0.0.0", "::", "198.18.0.1", "2002:a9fe:a9fe::1"}) {
    EXPECT_FALSE(allows(local, at(address), 80)) << address;
  }
}

TEST(AddressPolicy, extra_networks_open_private_places_but_never_metadata) {
  const AddressPolicy opened =
      policy(Reach::PublicOnly,
             {.extra = places("10.1.0.0/16, 169.254.0.0/16 fd00::/8\n198.18.0.0/15,0.0.0.0/0")});
  EXPECT_EQ(judge(opened, "", at("10.1.2.3"), 80), Verdict::Allowed);
  EXPECT_EQ(judge(opened, "", at("::ffff:10.1.2.3"), 80), Verdict::Allowed);
  EXPECT_EQ(judge(opened, "", at("198.18.0.1"), 80), Verdict::Allowed);
  EXPECT_EQ(judge(opened, "", at("169.254.169.254"), 80), Verdict::Metadata);
  EXPECT_EQ(judge(opened, "", at("169.254.1.1"), 80), Verdict::LinkLocal);
  EXPECT_EQ(judge(opened, "", at("fd00:ec2::254"), 80), Verdict::Metadata);
  EXPECT_EQ(judge(opened, "", at("0.0.0.0"), 80), Verdict::Unspecified);
}

TEST(AddressPolicy, extra_hosts_open_private_places_for_that_name) {
  const AddressPolicy opened =
      policy(Reach::PublicOnly, {.extra = places("intranet.example *.corp.example")});
  EXPECT_EQ(judge(opened, "intranet.example", at("10.0.0.1"), 80), Verdict::Allowed);
  EXPECT_EQ(judge(opened, "a.corp.example", at("10.0.0.1"), 80), Verdict::Allowed);
  EXPECT_EQ(judge(opened, "corp.example", at("10.0.0.1"), 80), Verdict::Private);
  EXPECT_EQ(judge(opened, "evilcorp.example", at("10.0.0.1"), 80), Verdict::Private);
  EXPECT_EQ(judge(opened, "intranet.example", at("169.254.169.254"), 80), Verdict::Metadata);
}

TEST(AddressPolicy, denials_win_over_extras) {
  const AddressPolicy both =
      policy(Reach::LocalAndPublic, {.extra = places("10.0.0.0/8"),
                                     .denied = places("10.9.0.0/16 bad.example 8.8.8.8"),
                                     .denied_ports = {{25, 25}, {6000, 6010}}});
  EXPECT_EQ(judge(both, "", at("10.9.0.1"), 80), Verdict::Denied);
  EXPECT_EQ(judge(both, "", at("2002:a09:1::1"), 80), Verdict::Denied);
  EXPECT_EQ(judge(both, "", at("8.8.8.8"), 80), Verdict::Denied);
  EXPECT_EQ(judge(both, "bad.example", at("1.1.1.1"), 80), Verdict::Denied);
  EXPECT_EQ(judge(both, "", at("1.1.1.1"), 25), Verdict::DeniedPort);
  EXPECT_EQ(judge(both, "", at("1.1.1.1"), 6005), Verdict::DeniedPort);
  EXPECT_EQ(judge(both, "", at("1.1.1.1"), 6011), Verdict::Allowed);
  EXPECT_EQ(judge_host(both, "bad.example", 80), Verdict::Denied);
}

TEST(AddressPolicy, a_list_of_allowed_places_closes_all_others) {
  const AddressPolicy listed =
      policy(Reach::LocalAndPublic,
             {.only = places("hooks.example 10.0.0.0/8"), .only_ports = {{80, 80}, {443, 443}}});
  EXPECT_EQ(judge(listed, "hooks.example", at("8.8.8.8"), 443), Verdict::Allowed);
  EXPECT_EQ(judge(listed, "other.example", at("10.0.0.1"), 443), Verdict::Allowed);
  EXPECT_EQ(judge(listed, "other.example", at("8.8.8.8"), 443), Verdict::NotListed);
  EXPECT_EQ(judge(listed, "hooks.example", at("8.8.8.8"), 8443), Verdict::DeniedPort);
  EXPECT_EQ(judge(listed, "hooks.example", at("169.254.169.254"), 80), Verdict::Metadata);
  EXPECT_EQ(judge_host(listed, "other.example", 80), Verdict::Allowed);
  const AddressPolicy names = policy(Reach::LocalAndPublic, {.only = places("hooks.example")});
  EXPECT_EQ(judge_host(names, "other.example", 80), Verdict::NotListed);
}

TEST(AddressPolicy, own_listeners_are_closed_in_every_form) {
  const AddressPolicy own =
      policy(Reach::LocalAndPublic,
             {.extra = places("0.0.0.0/0"), .own_listeners = {{at("127.0.0.1"), 3000}}});
  EXPECT_EQ(judge(own, "", at("127.0.0.1"), 3000), Verdict::OwnListener);
  EXPECT_EQ(judge(own, "", at("::ffff:127.0.0.1"), 3000), Verdict::OwnListener);
  EXPECT_EQ(judge(own, "", at("127.0.0.1"), 3001), Verdict::Allowed);
  EXPECT_EQ(judge(own, "", at("10.0.0.1"), 3000), Verdict::Allowed);
}

TEST(AddressPolicy, a_wildcard_listener_closes_every_address_of_the_machine) {
  for (const char* wildcard : {"0.0.0.0", "::"}) {
    const AddressPolicy own =
        policy(Reach::LocalAndPublic, {.own_listeners = {{at(wildcard), 3000}}});
    ifaddrs* list = nullptr;
    ASSERT_EQ(getifaddrs(&list), 0);
    unsigned checked = 0;
    for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next) {
      const auto endpoint = to_endpoint(i->ifa_addr, sizeof(sockaddr_storage));
      if (!endpoint) continue;
      ++checked;
      EXPECT_FALSE(allows(own, endpoint->address(), 3000)) << endpoint->address();
    }
    freeifaddrs(list);
    EXPECT_GT(checked, 0U);
    EXPECT_EQ(judge(own, "", at("127.99.1.2"), 3000), Verdict::OwnListener);
    EXPECT_EQ(judge(own, "", at("::1"), 3000), Verdict::OwnListener);
    EXPECT_EQ(judge(own, "", at("8.8.8.8"), 3000), Verdict::Allowed);
    EXPECT_EQ(judge(own, "", at("127.0.0.1"), 3001), Verdict::Allowed);
  }
}

TEST(AddressPolicy, reads_places_and_names_the_first_that_is_none) {
  const Places read = places(" 10.0.0.0/8,Hooks.Example. *.corp.example\t::1 [fd00::1]");
  EXPECT_EQ(read.networks.size(), 3U);
  EXPECT_EQ(read.hosts, (std::vector<std::string>{"hooks.example", "*.corp.example"}));
  for (const char* wrong : {"10.0.0.0/33", "a b/c", "http://x", "*", "a..b", "*.", "10.0.0.0/-1",
                            "10.0.0.0/8x", "x:80"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(parse_places(wrong))) << wrong;
  }
  EXPECT_EQ(std::get<std::string>(parse_places("1.2.3.4 x/9 y/8")), "x/9");
}

TEST(Network, compares_whole_bits) {
  const Network odd = *Network::from_text("10.32.0.0/11");
  EXPECT_TRUE(odd.contains(at("10.63.255.255")));
  EXPECT_FALSE(odd.contains(at("10.64.0.0")));
  EXPECT_TRUE(Network::from_text("::/0")->contains(at("2606::1")));
  EXPECT_FALSE(Network::from_text("::/0")->contains(at("10.0.0.1")));
  EXPECT_TRUE(Network::from_text("fe80::/10")->contains(at("fe80::1%2")));
}

}  // namespace
}  // namespace gantry::egress
