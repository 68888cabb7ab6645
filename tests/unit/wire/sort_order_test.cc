#include "wire/sort_order.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "domain/error_codes.h"

namespace gantry::wire {
namespace {

// The documents in order, written without spaces.
std::string sorted(std::string_view sort, std::string_view documents) {
  const auto order = parse_sort(sort);
  EXPECT_TRUE(order) << sort;
  if (!order) return "error";
  std::vector<json::object> list;
  const json::value parsed = json::parse(documents);
  for (const json::value& item : parsed.as_array()) {
    list.push_back(item.as_object());
  }
  std::stable_sort(list.begin(), list.end(), *order);
  json::array out;
  for (json::object& item : list) out.push_back(std::move(item));
  return json::serialize(out);
}

TEST(SortOrder, types_have_an_order) {
  const std::string_view documents =
      R"([{"a":true},{"a":[[]]},{"a":{}},{"a":"x"},{"a":3},{"a":null},{"a":[]}])";
  EXPECT_EQ(sorted(R"({"a":1})", documents),
            R"([{"a":[]},{"a":null},{"a":3},{"a":"x"},{"a":{}},{"a":[[]]},{"a":true}])");
  EXPECT_EQ(sorted(R"({"a":-1})", documents),
            R"([{"a":true},{"a":[[]]},{"a":{}},{"a":"x"},{"a":3},{"a":null},{"a":[]}])");
}

TEST(SortOrder, missing_ranks_with_null) {
  EXPECT_EQ(sorted(R"({"a":1})", R"([{"a":0},{"n":1,"a":null},{"n":2},{"n":3,"a":null}])"),
            R"([{"n":1,"a":null},{"n":2},{"n":3,"a":null},{"a":0}])");
}

TEST(SortOrder, key_order_decides) {
  EXPECT_EQ(sorted(R"({"b":-1,"a":1})", R"([{"a":2,"b":1},{"a":1,"b":1},{"a":3,"b":2}])"),
            R"([{"a":3,"b":2},{"a":1,"b":1},{"a":2,"b":1}])");
}

TEST(SortOrder, an_array_counts_by_its_least_or_greatest_item) {
  const std::string_view documents = R"([{"a":[4,6]},{"a":5},{"a":[1,9]}])";
  EXPECT_EQ(sorted(R"({"a":1})", documents), R"([{"a":[1,9]},{"a":[4,6]},{"a":5}])");
  EXPECT_EQ(sorted(R"({"a":-1})", documents), R"([{"a":[1,9]},{"a":[4,6]},{"a":5}])");
}

TEST(SortOrder, dotted_paths_enter_arrays) {
  EXPECT_EQ(sorted(R"({"a.b":1})", R"([{"a":[{"b":7},{"b":2}]},{"a":{"b":1}},{"a":[{"b":3}]}])"),
            R"([{"a":{"b":1}},{"a":[{"b":7},{"b":2}]},{"a":[{"b":3}]}])");
  EXPECT_EQ(sorted(R"({"a.1":1})", R"([{"a":[0,9]},{"a":[5,1]},{"a":[7]}])"),
            R"([{"a":[7]},{"a":[5,1]},{"a":[0,9]}])");
}

TEST(SortOrder, texts_compare_by_bytes) {
  EXPECT_EQ(sorted(R"({"a":1})", R"([{"a":"b"},{"a":"\u00e9"},{"a":"Z"},{"a":"a"}])"),
            "[{\"a\":\"Z\"},{\"a\":\"a\"},{\"a\":\"b\"},{\"a\":\"\xC3\xA9\"}]");
}

TEST(SortOrder, numbers_compare_exactly) {
  EXPECT_EQ(sorted(R"({"a":1})", R"([{"a":9007199254740993},{"a":9007199254740992.0},{"a":-1},
                                     {"a":18446744073709551615},{"a":1e300},{"a":-0.5}])"),
            R"([{"a":-1},{"a":-5E-1},{"a":9.007199254740992E15},{"a":9007199254740993},)"
            R"({"a":18446744073709551615},{"a":1E300}])");
}

TEST(SortOrder, refuses_what_is_not_an_object_of_ones) {
  for (const std::string_view raw :
       {"", "oops", "[]", "1", R"({"a":2})", R"({"a":"1"})", R"({"a":true})", R"({"a":{"b":1}})",
        R"({"":1})", R"({"a":1} x)"}) {
    const auto order = parse_sort(raw);
    ASSERT_FALSE(order) << raw;
    EXPECT_EQ(order.error().code, ErrorCode::InvalidSort);
    EXPECT_EQ(order.error().message,
              "Invalid sort parameter provided: \"" + std::string(raw) + "\"");
    EXPECT_EQ(json::serialize(order.error().details), R"({"helperMethod":"parseJsonQuery"})");
  }
  EXPECT_TRUE(parse_sort("{}")->empty());
  EXPECT_TRUE(parse_sort(R"({"a":1.0,"b":-1})"));
}

TEST(SortOrder, repeats_long_text_in_part) {
  const auto order = parse_sort(std::string(5000, 'x'));
  ASSERT_FALSE(order);
  EXPECT_LT(order.error().message.size(), 1200U);
}

}  // namespace
}  // namespace gantry::wire
