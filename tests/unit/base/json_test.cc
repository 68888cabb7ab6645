#include "base/json.h"

#include <gtest/gtest.h>

namespace gantry {
namespace {

TEST(Json, writes_numbers_as_javascript_does) {
  const std::pair<double, const char*> kCases[] = {
      {0.0, "0"},
      {-0.0, "0"},
      {1.5, "1.5"},
      {100.0, "100"},
      {1e20, "100000000000000000000"},
      {1e21, "1e+21"},
      {1.25e21, "1.25e+21"},
      {1e-6, "0.000001"},
      {1e-7, "1e-7"},
      {-2.5e-8, "-2.5e-8"},
      {0.1, "0.1"},
      {123.456, "123.456"},
      {5e-324, "5e-324"},
      {9007199254740993.0, "9007199254740992"},
  };
  for (const auto& [number, text] : kCases) {
    EXPECT_EQ(to_js_string(json::value(number)), text);
    EXPECT_EQ(to_json_text(json::value(number)), text);
  }
}

TEST(Json, writes_what_it_reads) {
  for (const std::string text : {
           R"({"a":[1,2.5,"x",null,true],"b":{"c":{}},"d":[]})",
           R"("quote \" back \\ line \n tab \t bell \u0007 umlaut ü")",
           R"(["{",{"{":"}"}])",
           "-12",
       }) {
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(to_json_text(*value), text);
  }
}

TEST(Json, refuses_numbers_that_json_cannot_hold) {
  EXPECT_FALSE(parse_json("1e309"));
  EXPECT_FALSE(parse_json(R"({"a":[-1e400]})"));
  EXPECT_TRUE(parse_json("1e308"));
}

TEST(Json, bounds_depth_and_bytes) {
  EXPECT_FALSE(parse_json(std::string(100, '[') + std::string(100, ']')));
  EXPECT_TRUE(parse_json(std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(parse_json("\"0123456789\"", {.bytes_max = 8}));
}

TEST(Json, knows_what_javascript_takes_for_true) {
  for (const char* text : {"null", "false", "0", "0.0", "\"\""}) {
    EXPECT_FALSE(is_truthy(*parse_json(text))) << text;
  }
  for (const char* text : {"true", "1", "-0.5", "\"0\"", "[]", "{}"}) {
    EXPECT_TRUE(is_truthy(*parse_json(text))) << text;
  }
}

}  // namespace
}  // namespace gantry
