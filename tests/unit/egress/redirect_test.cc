#include "egress/redirect.h"

#include <gtest/gtest.h>

namespace gantry::egress {
namespace {

Url at(std::string_view text) {
  return std::get<Url>(parse_url(text));
}

HttpRequest request_with_all(const std::string& method) {
  HttpRequest request;
  request.method = method;
  request.body = "{}";
  request.headers = {{"Authorization", "a"},    {"cookie", "b"}, {"PROXY-AUTHORIZATION", "c"},
                     {"x-auth-token", "d"},     {"apiKey", "e"}, {"Content-Type", "f"},
                     {"content-encoding", "g"}, {"Host", "h"},   {"X-Hub-Signature", "i"}};
  return request;
}

std::string names_of(const HttpRequest& request) {
  std::string names;
  for (const auto& [name, value] : request.headers) names += value;
  return names;
}

HttpRequest after(const std::string& method, unsigned status, std::string_view from,
                  std::string_view to) {
  HttpRequest request = request_with_all(method);
  apply_redirect(request, status, at(from), at(to));
  return request;
}

TEST(Redirect, changes_methods_as_fetch_does) {
  const auto method = [](const std::string& before, unsigned status) {
    return after(before, status, "http://a.example/", "http://a.example/b").method;
  };
  EXPECT_EQ(method("POST", 301), "GET");
  EXPECT_EQ(method("POST", 302), "GET");
  EXPECT_EQ(method("PUT", 301), "PUT");
  EXPECT_EQ(method("DELETE", 302), "DELETE");
  EXPECT_EQ(method("POST", 303), "GET");
  EXPECT_EQ(method("PUT", 303), "GET");
  EXPECT_EQ(method("HEAD", 303), "HEAD");
  EXPECT_EQ(method("POST", 307), "POST");
  EXPECT_EQ(method("POST", 308), "POST");
}

TEST(Redirect, drops_the_body_and_its_headers_with_the_method) {
  const HttpRequest to_get = after("POST", 302, "http://a.example/", "http://a.example/b");
  EXPECT_FALSE(to_get.body);
  EXPECT_EQ(names_of(to_get), "abcdehi");
  const HttpRequest kept = after("POST", 307, "http://a.example/", "http://a.example/b");
  EXPECT_EQ(kept.body, "{}");
  EXPECT_EQ(names_of(kept), "abcdefghi");
}

TEST(Redirect, leaving_the_origin_drops_secrets) {
  for (const char* to :
       {"http://b.example/", "http://a.example:81/", "https://a.example/", "http://x.a.example/"}) {
    EXPECT_EQ(names_of(after("POST", 307, "http://a.example/", to)), "efgi") << to;
  }
  EXPECT_EQ(names_of(after("POST", 307, "http://a.example/", "http://A.example:80/x")),
            "abcdefghi");
}

TEST(Redirect, drops_headers_that_the_request_names_as_secret) {
  HttpRequest request = request_with_all("POST");
  request.secret_headers = {"APIKEY", "x-hub-signature"};
  apply_redirect(request, 307, at("http://a.example/"), at("http://b.example/"));
  EXPECT_EQ(names_of(request), "fg");
}

TEST(Redirect, only_five_statuses_redirect) {
  for (unsigned status = 100; status < 600; ++status) {
    const bool expected =
        status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    EXPECT_EQ(is_redirect(status), expected) << status;
  }
}

}  // namespace
}  // namespace gantry::egress
