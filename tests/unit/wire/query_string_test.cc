#include "wire/query_string.h"

#include <gtest/gtest.h>

#include "domain/error_codes.h"

namespace gantry::wire {
namespace {

std::string parsed(std::string_view raw) {
  const auto result = parse_query_string(raw);
  return result ? json::serialize(*result) : "error";
}

std::string repeated(std::string_view part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out.append(i == 0 ? "" : "&").append(part);
  return out;
}

TEST(QueryString, reads_plain_pairs_in_order) {
  EXPECT_EQ(parsed(""), "{}");
  EXPECT_EQ(parsed("roomId=GENERAL&count=5"), R"({"roomId":"GENERAL","count":"5"})");
  EXPECT_EQ(parsed("flag&empty=&x=1&"), R"({"flag":"","empty":"","x":"1"})");
}

TEST(QueryString, decodes_plus_and_percent) {
  EXPECT_EQ(parsed("q=a+b%20c%26d"), R"({"q":"a b c&d"})");
  EXPECT_EQ(parsed("na%6De=%F0%9F%98%80"), "{\"name\":\"\xF0\x9F\x98\x80\"}");
  EXPECT_EQ(parsed("sort=%7B%22name%22%3A1%7D"), R"({"sort":"{\"name\":1}"})");
}

TEST(QueryString, keeps_text_whose_escapes_are_malformed) {
  EXPECT_EQ(parsed("q=100%+sure"), R"({"q":"100% sure"})");
  EXPECT_EQ(parsed("q=%C3%28"), R"({"q":"%C3%28"})");
  EXPECT_EQ(parsed("q=%ED%A0%80"), R"({"q":"%ED%A0%80"})");
  EXPECT_EQ(parsed("q=%zz%5B"), R"({"q":"%zz["})");
}

TEST(QueryString, repeated_keys_make_a_list) {
  EXPECT_EQ(parsed("a=1&a=2&b=x&a=3"), R"({"a":["1","2","3"],"b":"x"})");
  EXPECT_EQ(parsed("a[]=1&a[]=2"), R"({"a":["1","2"]})");
  EXPECT_EQ(parsed("a%5B%5D=1"), R"({"a":["1"]})");
  EXPECT_EQ(parsed("a[1]=y&a[0]=x"), R"({"a":["x","y"]})");
  EXPECT_EQ(parsed("a[7]=x&a[3]=y"), R"({"a":["y","x"]})");
  EXPECT_EQ(parsed("a[][]=1"), R"({"a":["1"]})");
}

TEST(QueryString, brackets_make_objects) {
  EXPECT_EQ(parsed("a[b]=c"), R"({"a":{"b":"c"}})");
  EXPECT_EQ(parsed("a[b][c]=1&a[b][d]=2"), R"({"a":{"b":{"c":"1","d":"2"}}})");
  EXPECT_EQ(parsed("a[]=1&a[b]=2"), R"({"a":{"0":"1","b":"2"}})");
  EXPECT_EQ(parsed("a=1&a[b]=2"), R"({"a":["1",{"b":"2"}]})");
}

TEST(QueryString, a_text_that_meets_an_object_is_put_beside_it) {
  EXPECT_EQ(parsed("a[b]=1&a=2"), R"({"a":[{"b":"1"},"2"]})");
  EXPECT_EQ(parsed("a[b]=1&a="), R"({"a":{"b":"1"}})");
}

TEST(QueryString, depth_beyond_the_limit_stays_one_name) {
  EXPECT_EQ(parsed("a[b][c][d][e][f][g][h]=1"),
            R"({"a":{"b":{"c":{"d":{"e":{"f":{"[g][h]":"1"}}}}}}})");
  EXPECT_EQ(parsed("a[b=1"), R"({"a":{"[b":"1"}})");
}

TEST(QueryString, inherited_names_are_left_out) {
  EXPECT_EQ(parsed("constructor=1&__proto__=2&a=3&toString[x]=4&b[valueOf]=5"), R"({"a":"3"})");
}

TEST(QueryString, a_list_holds_five_hundred_items) {
  for (const std::string_view part : {"a=1", "a[]=1", "a[b]=1"}) {
    EXPECT_TRUE(parse_query_string(repeated(part, 500))) << part;
    const auto beyond = parse_query_string(repeated(part, 501));
    ASSERT_FALSE(beyond) << part;
    EXPECT_EQ(beyond.error().code, ErrorCode::InvalidQueryParameters);
  }
  EXPECT_TRUE(parse_query_string("a[499]=1"));
  EXPECT_FALSE(parse_query_string("a[500]=1"));
}

TEST(QueryString, a_thousand_parameters_are_read) {
  std::string raw;
  for (int i = 0; i < 1000; ++i) raw += (i == 0 ? "k" : "&k") + std::to_string(i) + "=1";
  EXPECT_TRUE(parse_query_string(raw));
  EXPECT_FALSE(parse_query_string(raw + "&one=more"));
}

TEST(QueryString, bytes_that_are_not_utf8_are_refused) {
  EXPECT_TRUE(parse_query_string("q=caf\xC3\xA9"));
  EXPECT_FALSE(parse_query_string("q=caf\xC3"));
  EXPECT_FALSE(parse_query_string("q=\xED\xA0\x80"));
}

TEST(QueryString, allocates_from_the_storage_it_is_given) {
  json::monotonic_resource memory;
  const auto result = parse_query_string("a=1&b[c]=2&a=3", {}, &memory);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->storage().get(), &memory);
  EXPECT_EQ(result->at("a").storage().get(), &memory);
}

TEST(QueryString, forms_follow_the_same_rules) {
  const auto form = parse_form("payload=%7B%22text%22%3A%22a+b%22%7D");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->size(), 1U);
  EXPECT_EQ(form->at("payload").as_string(), R"({"text":"a b"})");
}

}  // namespace
}  // namespace gantry::wire
