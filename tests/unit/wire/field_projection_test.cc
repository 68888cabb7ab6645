#include "wire/field_projection.h"

#include <array>

#include <gtest/gtest.h>

#include "domain/error_codes.h"

namespace gantry::wire {
namespace {

FieldProjection projection(std::string_view raw) {
  auto parsed = parse_fields(raw);
  EXPECT_TRUE(parsed) << raw;
  return parsed ? *std::move(parsed) : FieldProjection{};
}

std::string shown(const FieldProjection& fields, std::string_view document) {
  const json::object original = json::parse(document).as_object();
  json::object changed = original;
  fields.apply(changed);
  EXPECT_EQ(changed, fields.projected(original));
  return json::serialize(changed);
}

std::string shown(std::string_view raw, std::string_view document) {
  return shown(projection(raw), document);
}

TEST(FieldProjection, nothing_asked_shows_everything) {
  EXPECT_EQ(shown("{}", R"({"_id":"1","a":2})"), R"({"_id":"1","a":2})");
  EXPECT_TRUE(projection("{}").shows_everything());
}

TEST(FieldProjection, ones_choose_and_keep_the_id) {
  EXPECT_EQ(shown(R"({"b":1})", R"({"_id":"1","a":2,"b":3})"), R"({"_id":"1","b":3})");
  EXPECT_EQ(shown(R"({"b":1,"_id":0})", R"({"_id":"1","a":2,"b":3})"), R"({"b":3})");
  EXPECT_EQ(shown(R"({"_id":1})", R"({"_id":"1","a":2})"), R"({"_id":"1"})");
}

TEST(FieldProjection, zeros_leave_out) {
  EXPECT_EQ(shown(R"({"a":0})", R"({"_id":"1","a":2,"b":3,"c":4})"), R"({"_id":"1","b":3,"c":4})");
  EXPECT_EQ(shown(R"({"_id":0})", R"({"_id":"1","a":2})"), R"({"a":2})");
  EXPECT_EQ(shown(R"({"_id":1,"a":0})", R"({"_id":"1","a":2})"), R"({"_id":"1"})");
}

TEST(FieldProjection, paths_reach_into_arrays) {
  EXPECT_EQ(shown(R"({"a.b":1})", R"({"a":[1,{"b":2,"c":3},[{"b":4,"d":5},6],{"c":7}],"z":1})"),
            R"({"a":[{"b":2},[{"b":4}],{}]})");
  EXPECT_EQ(shown(R"({"a.b":0})", R"({"a":[1,{"b":2,"c":3},[{"b":4}]]})"),
            R"({"a":[1,{"c":3},[{}]]})");
  EXPECT_EQ(shown(R"({"a.b":1,"a.c":1})", R"({"a":{"c":1,"b":2,"d":3}})"),
            R"({"a":{"c":1,"b":2}})");
  EXPECT_EQ(shown(R"({"a.b":1})", R"({"a":5})"), "{}");
  EXPECT_EQ(shown(R"({"a.0":1})", R"({"a":[5,{"0":6}]})"), R"({"a":[{"0":6}]})");
}

TEST(FieldProjection, refuses_mixtures_and_other_values) {
  for (const std::string_view raw :
       {"oops", "[]", R"({"a":2})", R"({"a":true})", R"({"a":1,"b":0})", R"({"a":{"$slice":1}})",
        R"({"a":1,"a.b":1})", R"({"a.b":1,"a":1})", R"({"a..b":1})", R"({"":1})", R"({"a.$":1})",
        R"({"_id":0,"_id.x":1})"}) {
    const auto fields = parse_fields(raw);
    ASSERT_FALSE(fields) << raw;
    EXPECT_EQ(fields.error().code, ErrorCode::InvalidFields);
    EXPECT_EQ(fields.error().message,
              "Invalid fields parameter provided: \"" + std::string(raw) + "\"");
  }
}

TEST(FieldProjection, exclusions_hold_whatever_was_asked) {
  constexpr std::array<std::string_view, 3> kSecret = {"services", "custom.secret", "custom"};
  FieldProjection fields = projection(R"({"services":1,"custom":1,"name":1})");
  fields.exclude(std::span(kSecret).first(2));
  EXPECT_EQ(shown(fields, R"({"services":1,"custom":{"secret":1,"open":2},"name":"n","x":1})"),
            R"({"custom":{"open":2},"name":"n"})");
  EXPECT_FALSE(fields.shows("services"));
  EXPECT_TRUE(fields.shows("custom"));
  EXPECT_FALSE(fields.shows("x"));
  fields.exclude(kSecret);
  EXPECT_EQ(shown(fields, R"({"custom":{"open":2},"name":"n"})"), R"({"name":"n"})");

  FieldProjection everything;
  everything.exclude(kSecret);
  EXPECT_EQ(shown(everything, R"({"custom":1,"services":2,"name":"n"})"), R"({"name":"n"})");
}

TEST(FieldProjection, tells_what_was_selected) {
  EXPECT_EQ(projection(R"({"a.b":1,"c":1})").selected(), (std::vector<std::string>{"a.b", "c"}));
  EXPECT_TRUE(projection(R"({"a":0})").selected().empty());
}

}  // namespace
}  // namespace gantry::wire
