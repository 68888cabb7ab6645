#include "integrations/delivery/outgoing_request.h"

#include <gtest/gtest.h>

#include "domain/error_codes.h"

namespace gantry::integrations {
namespace {

constexpr std::string_view kUserAgent =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/41.0.2227.0 Safari/537.36";

std::string header(const egress::HttpRequest& request, std::string_view name) {
  std::string found;
  for (const auto& [key, value] : request.headers) {
    if (key == name) found += value;
  }
  return found;
}

Result<egress::HttpRequest> from_script(std::string_view result) {
  const json::value parsed = json::parse(result);
  auto request = request_from_script(parsed.as_object());
  if (!request) return failure("no request");
  return to_http(*request);
}

TEST(OutgoingRequest, is_a_post_of_the_payload_by_default) {
  RecordProperty("covers",
                 "integrations 11/default, integrations 11/1, integrations 11/2, "
                 "integrations 11/timeout, integrations 11/redirects, integrations 11/size");
  domain::Delivery delivery;
  delivery.url = "http://target.example/hook";
  delivery.data = JsonDocument({{"token", "t"}, {"text", "hi"}});
  const auto http = to_http(default_request(delivery));
  ASSERT_TRUE(http);
  EXPECT_EQ(http->method, "POST");
  EXPECT_EQ(http->url, "http://target.example/hook");
  EXPECT_EQ(http->body, R"({"token":"t","text":"hi"})");
  EXPECT_EQ(header(*http, "User-Agent"), kUserAgent);
  EXPECT_EQ(header(*http, "Content-Type"), "application/json");
  EXPECT_EQ(http->timeout, std::chrono::seconds{20});
  EXPECT_EQ(http->redirects_max, 20U);
  EXPECT_EQ(http->reply_bytes_max, 10U * 1024 * 1024);
}

TEST(OutgoingRequest, is_shown_to_scripts_with_params_first) {
  RecordProperty("covers", "integrations 11.1/request");
  domain::Delivery delivery;
  delivery.url = "u";
  delivery.data = JsonDocument({{"text", "hi"}});
  EXPECT_EQ(
      json::serialize(default_request(delivery).to_json()),
      R"({"params":{},"method":"POST","url":"u","data":{"text":"hi"},"headers":{"User-Agent":")" +
          std::string(kUserAgent) + R"("}})");
}

TEST(OutgoingRequest, needs_url_and_method_of_a_script) {
  RecordProperty("covers", "integrations 11.1/3c");
  for (const char* result : {"{}", R"({"url":"u"})", R"({"method":"POST"})",
                             R"({"url":"","method":"POST"})", R"({"url":5,"method":"POST"})"}) {
    EXPECT_FALSE(request_from_script(json::parse(result).as_object())) << result;
  }
}

TEST(OutgoingRequest, body_is_what_data_is) {
  RecordProperty("covers", "integrations 11.1/2b, integrations 11/2");
  const struct {
    const char* data;
    std::optional<std::string> body;
  } cases[] = {
      {R"({"a":[1,null]})", R"({"a":[1,null]})"},
      {"[]", "[]"},
      {R"("a=b&c=d")", "a=b&c=d"},
      {"5", "5"},
      {"true", "true"},
      {"null", std::nullopt},
      {"false", std::nullopt},
      {"0", std::nullopt},
      {R"("")", std::nullopt},
  };
  for (const auto& one : cases) {
    const auto http =
        from_script(R"({"url":"u","method":"put","headers":{"content-type":"x/y"},"data":)" +
                    std::string(one.data) + "}");
    ASSERT_TRUE(http) << one.data;
    EXPECT_EQ(http->method, "PUT");
    EXPECT_EQ(http->body, one.body) << one.data;
    EXPECT_EQ(header(*http, "Content-Type"), one.body ? "application/json" : "") << one.data;
    EXPECT_EQ(header(*http, "content-type"), one.body ? "" : "x/y") << one.data;
  }
}

TEST(OutgoingRequest, headers_are_texts) {
  RecordProperty("covers", "integrations 11.1/2a, integrations 11.1/2c");
  const auto some = from_script(
      R"({"url":"u","method":"GET","headers":{"A":"x","B":5,"C":true,"D":null,"E":{},"F":[1]}})");
  ASSERT_TRUE(some);
  const egress::Headers expected{{"A", "x"}, {"B", "5"}, {"C", "true"}};
  EXPECT_EQ(some->headers, expected);
  for (const char* headers : {"", R"(,"headers":null)", R"(,"headers":"x")"}) {
    const auto none = from_script(R"({"url":"u","method":"GET")" + std::string(headers) + "}");
    ASSERT_TRUE(none);
    EXPECT_EQ(none->headers, (egress::Headers{{"User-Agent", std::string(kUserAgent)}})) << headers;
  }
}

TEST(OutgoingRequest, auth_becomes_a_basic_header) {
  RecordProperty("covers", "integrations 11/3a, integrations 11/3b");
  const auto good = from_script(
      R"({"url":"u","method":"GET","headers":{"authorization":"old"},"auth":"ada:se:cret"})");
  ASSERT_TRUE(good);
  EXPECT_EQ(header(*good, "Authorization"), "Basic YWRhOnNlOmNyZXQ=");
  EXPECT_EQ(header(*good, "authorization"), "");
  const auto bad = from_script(R"({"url":"u","method":"GET","auth":"ada"})");
  ASSERT_FALSE(bad);
  EXPECT_EQ(text_of(bad.error()), "auth option should be of the form \"username:password\"");
}

TEST(OutgoingRequest, takes_the_time_limit_of_the_script) {
  RecordProperty("covers", "integrations 11/timeout");
  const struct {
    const char* timeout;
    Milliseconds expected;
  } cases[] = {
      {"250", Milliseconds{250}},
      {"1.9", Milliseconds{1}},
      {"0", Milliseconds{20'000}},
      {"-5", Milliseconds{20'000}},
      {"null", Milliseconds{20'000}},
      {R"("9")", Milliseconds{20'000}},
      {"1e300", Milliseconds{1'000'000'000}},
  };
  for (const auto& one : cases) {
    const auto http =
        from_script(R"({"url":"u","method":"GET","timeout":)" + std::string(one.timeout) + "}");
    ASSERT_TRUE(http);
    EXPECT_EQ(http->timeout, one.expected) << one.timeout;
  }
}

}  // namespace
}  // namespace gantry::integrations
