#include "integrations/delivery/reply_content.h"

#include <gtest/gtest.h>

namespace gantry::integrations {
namespace {

egress::HttpReply reply(std::string type, std::string body) {
  egress::HttpReply out;
  out.status = 201;
  if (!type.empty()) out.headers = {{"x-first", "1"}, {"content-type", std::move(type)}};
  out.body = std::move(body);
  return out;
}

TEST(ReplyContent, is_parsed_when_the_type_says_json_and_it_is_an_object_or_list) {
  RecordProperty("covers", "integrations 11.2/content-1, integrations 11.2/content-2");
  enum class Seen { Parsed, Text };
  const struct {
    const char* type;
    const char* body;
    Seen seen;
  } cases[] = {
      {"application/json", R"({"gif":"a"})", Seen::Parsed},
      {"application/json;charset=utf-8", "[1]", Seen::Parsed},
      {"application/json ; charset=utf-8", "{}", Seen::Parsed},
      {"APPLICATION/JSON", "{}", Seen::Parsed},
      {"text/javascript", "{}", Seen::Parsed},
      {"application/javascript", "{}", Seen::Parsed},
      {"application/x-javascript", "{}", Seen::Parsed},
      {"application/json", "5", Seen::Text},
      {"application/json", "null", Seen::Text},
      {"application/json", "\"text\"", Seen::Text},
      {"application/json", "{\"gif\":", Seen::Text},
      {"application/json", "", Seen::Text},
      {"application/jsonx", "{}", Seen::Text},
      {"application/vnd.api+json", "{}", Seen::Text},
      {"text/plain", "{}", Seen::Text},
      {"", "{}", Seen::Text},
  };
  for (const auto& one : cases) {
    const json::value content = content_of(reply(one.type, one.body));
    const json::value expected =
        one.seen == Seen::Parsed ? json::parse(one.body) : json::value(one.body);
    EXPECT_EQ(content, expected) << one.type << " " << one.body;
  }
}

TEST(ReplyContent, the_response_argument_has_five_members_in_order) {
  RecordProperty("covers", "integrations 11.2/response");
  EXPECT_EQ(json::serialize(response_json(reply("application/json", R"({"a": 1})"))),
            R"({"error":null,"status_code":201,"content":{"a":1},"content_raw":"{\"a\": 1}",)"
            R"("headers":{"x-first":"1","content-type":"application/json"}})");
}

TEST(ReplyContent, becomes_text_that_json_can_hold) {
  RecordProperty("covers", "integrations 11.2/response, integrations 15/http-result");
  const struct {
    std::string_view body;
    std::string_view text;
  } cases[] = {
      {"", ""},
      {"gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F"},
      {"\xEF\xBB\xBFmarked", "marked"},
      {"\xEF\xBB\xBF", ""},
      {"a\xFF\x62", "a\xEF\xBF\xBD\x62"},
      {"cut \xC3", "cut \xEF\xBF\xBD"},
  };
  for (const auto& one : cases) {
    egress::HttpReply raw = reply("text/\xE9", std::string(one.body));
    const egress::HttpReply text = to_text(std::move(raw));
    EXPECT_EQ(text.body, one.text);
    EXPECT_EQ(text.headers.back().second, "text/\xEF\xBF\xBD");
  }
}

TEST(ReplyContent, is_cut_between_characters) {
  RecordProperty("covers", "integrations 15/http-result");
  const std::string_view text = "a\xC3\xBC\xE2\x82\xAC";
  const std::string_view expected[] = {"",          "a",         "a",  "a\xC3\xBC",
                                       "a\xC3\xBC", "a\xC3\xBC", text, text};
  for (std::size_t bytes_max = 0; bytes_max < std::size(expected); ++bytes_max) {
    EXPECT_EQ(first_bytes(text, bytes_max), expected[bytes_max]) << bytes_max;
  }
}

}  // namespace
}  // namespace gantry::integrations
