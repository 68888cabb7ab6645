#include "wire/query_filter.h"

#include <array>

#include <gtest/gtest.h>

#include "domain/error_codes.h"

namespace gantry::wire {
namespace {

QueryFilter filter(std::string_view raw) {
  auto parsed = QueryFilter::parse(raw);
  if (!parsed) {
    ADD_FAILURE() << raw << ": " << parsed.error().message;
    return {};
  }
  return *std::move(parsed);
}

bool matches(std::string_view query, std::string_view document) {
  const auto result = filter(query).matches(json::parse(document).as_object());
  EXPECT_TRUE(result) << query;
  return result && *result;
}

std::string problem(std::string_view query) {
  const auto parsed = QueryFilter::parse(query);
  if (parsed) return "none";
  EXPECT_EQ(parsed.error().code, ErrorCode::InvalidQuery);
  return parsed.error().message;
}

TEST(QueryFilter, an_empty_query_matches_everything) {
  EXPECT_TRUE(filter("{}").matches_everything());
  EXPECT_TRUE(matches("{}", "{}"));
}

TEST(QueryFilter, compares_values_of_one_type_only) {
  EXPECT_TRUE(matches(R"({"n":1})", R"({"n":1.0})"));
  EXPECT_FALSE(matches(R"({"n":1})", R"({"n":"1"})"));
  EXPECT_TRUE(matches(R"({"n":{"$gt":1,"$lt":3}})", R"({"n":2})"));
  EXPECT_FALSE(matches(R"({"n":{"$lt":"a"}})", R"({"n":2})"));
  EXPECT_FALSE(matches(R"({"n":{"$gte":true}})", R"({"n":2})"));
  EXPECT_TRUE(matches(R"({"n":{"$gt":9007199254740992}})", R"({"n":9007199254740993})"));
}

TEST(QueryFilter, null_finds_what_is_missing) {
  EXPECT_TRUE(matches(R"({"a":null})", "{}"));
  EXPECT_TRUE(matches(R"({"a":null})", R"({"a":null})"));
  EXPECT_TRUE(matches(R"({"a.b":null})", R"({"a":5})"));
  EXPECT_TRUE(matches(R"({"a.b":null})", R"({"a":[{"b":1},{}]})"));
  EXPECT_FALSE(matches(R"({"a.b":null})", R"({"a":[]})"));
  EXPECT_TRUE(matches(R"({"a":{"$lte":null}})", "{}"));
  EXPECT_TRUE(matches(R"({"a":{"$in":[1,null]}})", "{}"));
  EXPECT_FALSE(matches(R"({"a":{"$ne":null}})", "{}"));
  EXPECT_FALSE(matches(R"({"a":{"$nin":[null]}})", "{}"));
}

TEST(QueryFilter, exists_tells_null_from_missing) {
  EXPECT_TRUE(matches(R"({"a":{"$exists":true}})", R"({"a":null})"));
  EXPECT_FALSE(matches(R"({"a":{"$exists":1}})", "{}"));
  EXPECT_TRUE(matches(R"({"a":{"$exists":false}})", "{}"));
  EXPECT_TRUE(matches(R"({"a.b":{"$exists":true}})", R"({"a":[{},{"b":1}]})"));
}

TEST(QueryFilter, an_array_matches_by_its_items_and_as_a_whole) {
  EXPECT_TRUE(matches(R"({"a":2})", R"({"a":[1,2]})"));
  EXPECT_TRUE(matches(R"({"a":[1,2]})", R"({"a":[1,2]})"));
  EXPECT_FALSE(matches(R"({"a":[2,1]})", R"({"a":[1,2]})"));
  EXPECT_TRUE(matches(R"({"a":[1]})", R"({"a":[[1],2]})"));
  EXPECT_TRUE(matches(R"({"a":{"$gt":1,"$lt":0}})", R"({"a":[-5,5]})"));
  EXPECT_FALSE(matches(R"({"a":{"$ne":2}})", R"({"a":[1,2]})"));
  EXPECT_TRUE(matches(R"({"a.b":2})", R"({"a":[{"b":1},{"b":[2]}]})"));
}

TEST(QueryFilter, numbers_in_paths_are_places_and_names) {
  EXPECT_TRUE(matches(R"({"a.1":7})", R"({"a":[5,7]})"));
  EXPECT_FALSE(matches(R"({"a.1":5})", R"({"a":[5,7]})"));
  EXPECT_TRUE(matches(R"({"a.1":4})", R"({"a":[{"1":4}]})"));
  EXPECT_TRUE(matches(R"({"a.1":[2,4]})", R"({"a":[5,[2,4]]})"));
  EXPECT_FALSE(matches(R"({"a.1":2})", R"({"a":[5,[2,4]]})"));
  EXPECT_TRUE(matches(R"({"a.1.0":2})", R"({"a":[5,[2,4]]})"));
  EXPECT_TRUE(matches(R"({"a.0.b":1})", R"({"a":[{"b":1}]})"));
  EXPECT_FALSE(matches(R"({"a.01":7})", R"({"a":[5,7]})"));
}

TEST(QueryFilter, objects_are_equal_in_order) {
  EXPECT_TRUE(matches(R"({"o":{"a":1,"b":2}})", R"({"o":{"a":1,"b":2}})"));
  EXPECT_FALSE(matches(R"({"o":{"a":1,"b":2}})", R"({"o":{"b":2,"a":1}})"));
  EXPECT_FALSE(matches(R"({"o":{"a":1}})", R"({"o":{"a":1,"b":2}})"));
  EXPECT_TRUE(matches(R"({"o":{}})", R"({"o":{}})"));
}

TEST(QueryFilter, dates_meet_iso_text_of_the_same_moment) {
  const std::string_view document = R"({"ts":"2026-06-08T12:46:40.123Z"})";
  EXPECT_TRUE(matches(R"({"ts":{"$date":"2026-06-08T12:46:40.123Z"}})", document));
  EXPECT_TRUE(matches(R"({"ts":{"$date":"2026-06-08T14:46:40.123+02:00"}})", document));
  EXPECT_TRUE(matches(R"({"ts":{"$date":1780922800123}})", document));
  EXPECT_TRUE(matches(R"({"ts":{"$gt":{"$date":"2026-06-08"}}})", document));
  EXPECT_FALSE(matches(R"({"ts":{"$lt":{"$date":"2026-06-08"}}})", document));
  EXPECT_TRUE(matches(R"({"ts":{"$in":[1,{"$date":1780922800123}]}})", document));
  EXPECT_FALSE(matches(R"({"ts":{"$gt":{"$date":"2026-06-08"}}})", R"({"ts":"zebra"})"));
  EXPECT_TRUE(matches(R"({"o":{"at":{"$date":1780922800123}}})",
                      R"({"o":{"at":"2026-06-08T12:46:40.123Z"}})"));
  EXPECT_EQ(problem(R"({"ts":{"$date":"soon"}})"), "Invalid parameter for operation: $date");
  EXPECT_EQ(problem(R"({"ts":{"$date":9e15}})"), "Invalid parameter for operation: $date");
}

TEST(QueryFilter, logical_operators_combine) {
  EXPECT_TRUE(matches(R"({"$or":[{"a":1},{"b":2}]})", R"({"b":2})"));
  EXPECT_FALSE(matches(R"({"$and":[{"a":1},{"b":2}]})", R"({"b":2})"));
  EXPECT_TRUE(matches(R"({"$and":[{"$nor":[{"a":1},{"b":1}]}]})", R"({"b":2})"));
  EXPECT_TRUE(matches(R"({"a":{"$not":{"$gt":1,"$lt":5}}})", R"({"a":7})"));
  EXPECT_TRUE(matches(R"({"a":{"$not":{"$gt":1}}})", "{}"));
}

TEST(QueryFilter, all_size_and_elements) {
  EXPECT_TRUE(matches(R"({"a":{"$all":[1,2]}})", R"({"a":[2,3,1]})"));
  EXPECT_TRUE(matches(R"({"a":{"$all":[1]}})", R"({"a":1})"));
  EXPECT_FALSE(matches(R"({"a":{"$all":[]}})", R"({"a":[]})"));
  EXPECT_TRUE(matches(R"({"a":{"$size":2}})", R"({"a":[1,[]]})"));
  EXPECT_FALSE(matches(R"({"a":{"$size":1}})", R"({"a":1})"));
  EXPECT_TRUE(matches(R"({"a":{"$elemMatch":{"$gt":1,"$lt":3}}})", R"({"a":[1,2,3]})"));
  EXPECT_FALSE(matches(R"({"a":{"$elemMatch":{"$gt":1,"$lt":3}}})", R"({"a":[1,3]})"));
  EXPECT_FALSE(matches(R"({"a":{"$elemMatch":{"$gt":1}}})", R"({"a":[[2]]})"));
  EXPECT_TRUE(matches(R"({"a":{"$elemMatch":{"b":1,"c":2}}})", R"({"a":[{"b":1,"c":2}]})"));
  EXPECT_FALSE(matches(R"({"a":{"$elemMatch":{"b":1,"c":2}}})", R"({"a":[{"b":1},{"c":2}]})"));
  EXPECT_TRUE(matches(R"({"a":{"$elemMatch":{"0":5}}})", R"({"a":[[5]]})"));
  EXPECT_TRUE(matches(R"({"a":{"$all":[{"$elemMatch":{"b":1}},{"$elemMatch":{"b":2}}]}})",
                      R"({"a":[{"b":1},{"b":2}]})"));
}

TEST(QueryFilter, regular_expressions_search_texts) {
  EXPECT_TRUE(matches(R"({"name":{"$regex":"^GEN","$options":"i"}})", R"({"name":"general"})"));
  EXPECT_FALSE(matches(R"({"name":{"$regex":"1"}})", R"({"name":1})"));
  EXPECT_TRUE(matches(R"({"tags":{"$regex":"b"}})", R"({"tags":["a","b"]})"));
  EXPECT_TRUE(matches(R"({"n":{"$regex":"^.$"}})", "{\"n\":\"\xC3\xA9\"}"));
}

TEST(QueryFilter, a_greedy_regular_expression_is_stopped) {
  const auto hostile = filter(R"({"name":{"$regex":"(a+)+$"}})");
  json::object document{{"name", std::string(5000, 'a') + "b"}};
  const auto result = hostile.matches(document);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::InvalidQuery);
}

TEST(QueryFilter, regular_expressions_share_one_time) {
  QueryLimits limits;
  limits.regex_time_max = std::chrono::milliseconds{5};
  auto slow = QueryFilter::parse(R"({"name":{"$regex":"(a|b|ab)*c$"}})", limits);
  ASSERT_TRUE(slow);
  json::object document{{"name", "abababababababababab"}};
  bool stopped = false;
  for (int i = 0; i < 100'000 && !stopped; ++i) stopped = !slow->matches(document);
  EXPECT_TRUE(stopped);
}

TEST(QueryFilter, dangerous_operators_are_refused_anywhere) {
  EXPECT_EQ(problem(R"({"$where":"1"})"), "Invalid operation: $where");
  EXPECT_EQ(problem(R"({"a":{"$function":{}}})"), "Invalid operation: $function");
  EXPECT_EQ(problem(R"({"$nor":[{"$expr":1}]})"), "Invalid operation: $expr");
  EXPECT_EQ(problem(R"({"a":{"b":[{"$text":1}]}})"), "Invalid operation: $text");
  EXPECT_EQ(problem(R"({"a":1,"$jsonSchema":{}})"), "Invalid operation: $jsonSchema");
}

TEST(QueryFilter, unknown_operators_are_removed_at_the_top_and_refused_below) {
  EXPECT_TRUE(filter(R"({"$nor":[{"a":1}],"$comment":"x"})").matches_everything());
  EXPECT_EQ(problem(R"({"a":{"$near":1}})"), "Invalid operation: $near");
  EXPECT_EQ(problem(R"({"$or":[{"$comment":1}]})"), "Invalid operation: $comment");
  EXPECT_EQ(problem(R"({"a":{"$gt":1,"b":2}})"), "Invalid operation: b");
  EXPECT_EQ(problem(R"({"a":{"b":1,"$gt":2}})"), "Invalid operation: $gt");
  EXPECT_EQ(problem(R"({"a":{"$in":[{"$regex":"x"}]}})"), "Invalid operation: $regex");
}

TEST(QueryFilter, malformed_operands_are_named) {
  EXPECT_EQ(problem(R"({"$or":[]})"), "Invalid parameter for operation: $or");
  EXPECT_EQ(problem(R"({"$and":{"a":1}})"), "Invalid parameter for operation: $and");
  EXPECT_EQ(problem(R"({"a":{"$in":1}})"), "Invalid parameter for operation: $in");
  EXPECT_EQ(problem(R"({"a":{"$size":-1}})"), "Invalid parameter for operation: $size");
  EXPECT_EQ(problem(R"({"a":{"$not":1}})"), "Invalid parameter for operation: $not");
  EXPECT_EQ(problem(R"({"a":{"$options":"i"}})"), "Invalid parameter for operation: $options");
  EXPECT_TRUE(problem(R"({"a":{"$regex":"("}})").starts_with("Invalid regular expression: "));
}

TEST(QueryFilter, text_that_is_no_object_is_repeated) {
  const auto parsed = QueryFilter::parse("{oops");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, "Invalid query parameter provided: \"{oops\"");
  EXPECT_EQ(json::serialize(parsed.error().details), R"({"helperMethod":"parseJsonQuery"})");
  EXPECT_NE(problem("[]"), "none");
}

TEST(QueryFilter, inherited_keys_are_removed) {
  EXPECT_TRUE(filter(R"({"constructor":1,"__proto__":{"a":1}})").matches_everything());
  EXPECT_TRUE(matches(R"({"o":{"a":1,"prototype":2}})", R"({"o":{"a":1}})"));
}

TEST(QueryFilter, size_is_bounded) {
  std::string many = R"({"$or":[)";
  for (int i = 0; i < 300; ++i) many += R"({"a":1},)";
  many += R"({"a":1}]})";
  EXPECT_EQ(problem(many), "The query has too many conditions");
  std::string list = R"({"a":{"$in":[0)";
  for (int i = 0; i < 1000; ++i) list += ",1";
  EXPECT_EQ(problem(list + "]}}"), "The query has too many list items");
  std::string path = R"({"a)";
  for (int i = 0; i < 40; ++i) path += ".a";
  EXPECT_EQ(problem(path + R"(":1})"), "The query has too many path parts");
  json::value deep = 1;
  for (int i = 0; i < 40; ++i) deep = json::object{{"a", std::move(deep)}};
  EXPECT_FALSE(QueryFilter::create(deep));
}

TEST(QueryFilter, lists_what_it_looks_at) {
  const auto parsed =
      filter(R"({"a.b":1,"$or":[{"c":{"$in":[1]}},{"d":{"$elemMatch":{"e":{"$gt":1}}}},{"c":2}]})");
  EXPECT_EQ(parsed.attributes(), (std::vector<std::string>{"a.b", "c", "d", "d.e"}));
  EXPECT_EQ(parsed.operators(), (std::vector<std::string>{"$or", "$in", "$elemMatch", "$gt"}));
}

TEST(QueryFilter, forbidden_attributes_are_taken_out) {
  constexpr std::array<std::string_view, 2> kForbidden = {"services", "custom.secret"};
  const auto left = [&](std::string_view raw) {
    return filter(raw).without(kForbidden).attributes();
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(left(R"({"services.password":1,"name":"x","custom.open":1})"),
            (Names{"name", "custom.open"}));
  EXPECT_EQ(left(R"({"custom.0.secret":1,"custom":{"secret":1},"servicesX":1})"),
            (Names{"servicesX"}));
  EXPECT_EQ(left(R"({"list":{"$elemMatch":{"x":1}},"custom":{"$elemMatch":{"secret":1}}})"),
            (Names{"list", "list.x"}));
  EXPECT_TRUE(filter(R"({"$or":[{"services":1},{"$and":[{"services.a":2}]}]})")
                  .without(kForbidden)
                  .matches_everything());
  const auto branch = filter(R"({"$or":[{"services":1},{"name":"x"}]})").without(kForbidden);
  EXPECT_FALSE(*branch.matches({{"services", 1}}));
  EXPECT_TRUE(*branch.matches({{"name", "x"}}));
}

TEST(QueryFilter, can_be_held_to_attributes_and_operators) {
  constexpr std::array<std::string_view, 2> kAttributes = {"name", "emails.*"};
  constexpr std::array<std::string_view, 2> kOperators = {"$or", "$regex"};
  EXPECT_TRUE(filter(R"({"$or":[{"name":"x"},{"emails.address":{"$regex":"y"}}]})")
                  .restrict_to(kAttributes, kOperators));
  const auto refused =
      filter(R"({"roles":1,"name":{"$gt":1},"emails":2})").restrict_to(kAttributes, kOperators);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "Invalid attribute: roles\nInvalid attribute: emails\nInvalid operation: $gt");
}

TEST(QueryFilter, tells_a_text_that_every_match_must_have) {
  EXPECT_EQ(filter(R"({"type":"c","name":{"$eq":"x"},"z":{"$ne":"y"}})").required_text("type"),
            "c");
  EXPECT_EQ(filter(R"({"name":{"$eq":"x"}})").required_text("name"), "x");
  EXPECT_EQ(filter(R"({"z":{"$ne":"y"}})").required_text("z"), "");
  EXPECT_EQ(filter(R"({"$or":[{"type":"c"}]})").required_text("type"), "");
}

}  // namespace
}  // namespace gantry::wire
