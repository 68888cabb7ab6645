#include <gtest/gtest.h>

#include "http/client_address.h"
#include "http/gzip.h"
#include "http/header_tokens.h"
#include "http/percent.h"
#include "http/target.h"

namespace gantry::http {
namespace {

TEST(Percent, decodes_utf8_and_refuses_what_decode_uri_component_refuses) {
  EXPECT_EQ(percent_decode("a%20b+c%C3%A4"), "a b+c\xC3\xA4");
  EXPECT_EQ(percent_decode(""), "");
  for (const char* bad : {"%", "%2", "%zz", "a%2", "%ff", "%C3", "%ED%A0%80", "%C0%AF",
                          "%F5%80%80%80", "%E0%80%80", "%F0%80%80%80", "%F4%90%80%80"}) {
    EXPECT_EQ(percent_decode(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(percent_decode("%F0%9F%98%80"), "\xF0\x9F\x98\x80");
}

TEST(Percent, keeps_form_text_that_cannot_be_decoded) {
  EXPECT_EQ(form_decode("a+b%3D1"), "a b=1");
  EXPECT_EQ(form_decode("100%+sure"), "100% sure");
  EXPECT_EQ(form_decode("%ff"), "%ff");
  EXPECT_EQ(form_decode("x\xffy"), "x\xEF\xBF\xBDy");
}

TEST(Percent, encodes_as_encode_uri_component_does) {
  EXPECT_EQ(percent_encode("a b/c?d=\xC3\xA4-_.!~*'()"), "a%20b%2Fc%3Fd%3D%C3%A4-_.!~*'()");
}

TEST(Percent, splits_paths_before_it_decodes_them) {
  EXPECT_EQ(path_segments("/a/b%2Fc/"), (std::vector<std::string>{"a", "b/c", ""}));
  EXPECT_EQ(path_segments("/"), (std::vector<std::string>{""}));
  EXPECT_EQ(path_segments(""), std::nullopt);
  EXPECT_EQ(path_segments("a"), std::nullopt);
  EXPECT_EQ(path_segments("/a%00"), std::nullopt);
  EXPECT_EQ(path_segments("/%"), std::nullopt);
  std::string deep;
  for (std::size_t i = 0; i < kPathSegmentsMax; ++i) deep += "/x";
  EXPECT_TRUE(path_segments(deep));
  EXPECT_FALSE(path_segments(deep + "/x"));
}

TEST(HeaderTokens, read_media_types_with_parameters) {
  const auto type = parse_media_type(" Text/HTML ; Charset=\"utf-8\"; x=\"a\\\"b;c\" ;y=z; ");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->text, "text/html");
  EXPECT_EQ(*type->find("charset"), "utf-8");
  EXPECT_EQ(*type->find("x"), "a\"b;c");
  EXPECT_EQ(*type->find("y"), "z");
  EXPECT_EQ(type->find("z"), nullptr);
  for (const char* bad : {"", "text", "text/", "/html", "a b/c", "a/b; x", "a/b; x=\"y", "a/b; =y",
                          "a/b; x=\"y\"z"}) {
    EXPECT_FALSE(parse_media_type(bad)) << bad;
  }
  EXPECT_EQ(media_type_of("application/json ; charset=utf-8"), "application/json");
}

TEST(HeaderTokens, know_who_accepts_gzip) {
  for (const char* yes :
       {"gzip", "deflate, GZIP", "gzip;q=1.0", "x-gzip", "*", "gzip; q=0.5, *;q=0"}) {
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  }
  for (const char* no :
       {"", "deflate, br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzippy", "*, gzip;q=0"}) {
    EXPECT_FALSE(accepts_gzip(no)) << no;
  }
}

struct TargetRow {
  const char* raw;
  const char* prefix;
  TargetKind kind;
  const char* target;
  std::size_t path_size;
};

TEST(Target, is_read_below_the_prefix) {
  const TargetRow rows[] = {
      {"/", "", TargetKind::Inside, "/", 1},
      {"/a?b?c", "", TargetKind::Inside, "/a?b?c", 2},
      {"*", "", TargetKind::Inside, "*", 1},
      {"http://h/a?b", "", TargetKind::Inside, "/a?b", 2},
      {"HTTPS://h:1", "", TargetKind::Inside, "/", 1},
      {"http://h?x", "", TargetKind::Inside, "/?x", 1},
      {"http://h/c/a", "/c", TargetKind::Inside, "/a", 2},
      {"/c", "/c", TargetKind::Inside, "/", 1},
      {"/c/", "/c", TargetKind::Inside, "/", 1},
      {"/cc", "/c", TargetKind::Outside, "", 0},
      {"/", "/c", TargetKind::Outside, "", 0},
      {"", "", TargetKind::Malformed, "", 0},
      {"a", "", TargetKind::Malformed, "", 0},
      {"http:///a", "", TargetKind::Malformed, "", 0},
      {"h:443", "", TargetKind::Malformed, "", 0},
      {"ftp://h/", "", TargetKind::Malformed, "", 0},
  };
  for (const TargetRow& row : rows) {
    std::string target;
    std::size_t path_size = 0;
    EXPECT_EQ(read_target(row.raw, row.prefix, target, path_size), row.kind) << row.raw;
    if (row.kind != TargetKind::Inside) continue;
    EXPECT_EQ(target, row.target) << row.raw;
    EXPECT_EQ(path_size, row.path_size) << row.raw;
  }
  EXPECT_EQ(to_prefix("/"), "");
  EXPECT_EQ(to_prefix(""), "");
  EXPECT_EQ(to_prefix("chat/x/"), "/chat/x");
}

TEST(ClientAddress, follows_the_headers_it_may_believe) {
  ServerOptions options;
  EXPECT_EQ(client_address("9.9.9.9", "", "1.1.1.1", options), "9.9.9.9");
  EXPECT_EQ(client_address("9.9.9.9", "2.2.2.2", "1.1.1.1", options), "2.2.2.2");
  EXPECT_EQ(client_address("9.9.9.9", "not an address", "", options), "9.9.9.9");
  options.forwarded_count = 1;
  EXPECT_EQ(client_address("9.9.9.9", "2.2.2.2", "3.3.3.3 , 1.1.1.1 ", options), "1.1.1.1");
  EXPECT_EQ(client_address("9.9.9.9", "2.2.2.2", "", options), "2.2.2.2");
  EXPECT_EQ(client_address("9.9.9.9", "", "1.1.1.1, <script>", options), "9.9.9.9");
  options.forwarded_count = 3;
  EXPECT_EQ(client_address("9.9.9.9", "2.2.2.2", "3.3.3.3, 1.1.1.1", options), "2.2.2.2");
  options.real_ip = RealIpHeader::Ignore;
  EXPECT_EQ(client_address("9.9.9.9", "2.2.2.2", "3.3.3.3, 1.1.1.1", options), "9.9.9.9");
}

TEST(ClientAddress, writes_addresses_in_one_form) {
  EXPECT_EQ(parse_address("[2001:DB8::1]:443"), "2001:db8::1");
  EXPECT_EQ(parse_address("[::1]"), "::1");
  EXPECT_EQ(parse_address("10.0.0.1:5000"), "10.0.0.1");
  EXPECT_EQ(parse_address("::ffff:10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(parse_address("["), std::nullopt);
  EXPECT_EQ(parse_address(std::string(100, '1')), std::nullopt);
}

TEST(Gzip, gives_nothing_when_it_does_not_pay) {
  std::string noise;
  unsigned state = 1;
  for (int i = 0; i < 5000; ++i) {
    state = state * 1664525U + 1013904223U;
    noise += static_cast<char>(state >> 24U);
  }
  EXPECT_FALSE(gzip(noise, 6));
  EXPECT_TRUE(gzip(std::string(5000, 'a'), 6));
  EXPECT_TRUE(is_compressible("application/json"));
  EXPECT_TRUE(is_compressible("Text/Plain; charset=utf-8"));
  EXPECT_FALSE(is_compressible("image/png"));
  EXPECT_FALSE(is_compressible(""));
}

TEST(CpuBudget, is_used_up_and_comes_back) {
  CpuBudget budget(0.5);
  EXPECT_TRUE(budget.may_spend());
  budget.spend(std::chrono::milliseconds(150));
  EXPECT_FALSE(budget.may_spend());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!budget.may_spend() && std::chrono::steady_clock::now() < end) {
  }
  EXPECT_TRUE(budget.may_spend());
}

}  // namespace
}  // namespace gantry::http
