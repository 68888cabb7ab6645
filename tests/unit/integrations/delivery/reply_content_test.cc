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

}  // namespace
}  // namespace gantry::integrations
