#include "egress/request_check.h"

#include <gtest/gtest.h>

#include "receiver.h"

namespace gantry::egress {
namespace {

using Kind = HttpFailure::Kind;
using namespace std::string_literals;

std::optional<Kind> fault_of(HttpRequest request) {
  const auto fault = check_request(request);
  return fault ? std::optional(fault->kind) : std::nullopt;
}

HttpRequest with_header(std::string name, std::string value) {
  HttpRequest request;
  request.headers = {{std::move(name), std::move(value)}};
  return request;
}

TEST(RequestCheck, refuses_headers_that_would_write_more_than_themselves) {
  for (const std::string& value :
       {"a\r\nX: y"s, "a\nX: y"s, "a\rX"s, "a\0b"s, "\r\n\r\nGET /"s, "a\x01"s, "a\x7f"s}) {
    EXPECT_EQ(fault_of(with_header("X-Text", value)), Kind::BadRequest);
  }
  for (const std::string& name :
       {""s, "X Y"s, "X:"s, "X\r\nY"s, "X\n"s, "X\0"s, "\xc3\xa4"s, "X("s, "X;"s}) {
    EXPECT_EQ(fault_of(with_header(name, "v")), Kind::BadRequest);
  }
  EXPECT_EQ(fault_of(with_header("X-Text", "tab\tand \xc3\xa4 are fine")), std::nullopt);
}

TEST(RequestCheck, refuses_methods_that_are_none_or_open_tunnels) {
  for (const std::string& method : {""s, "GET /x HTTP/1.1\r\n"s, "GE T"s, "GET\n"s, "POST\0"s,
                                    "CONNECT"s, "connect"s, "TRACE"s}) {
    HttpRequest request;
    request.method = method;
    EXPECT_EQ(fault_of(request), Kind::BadRequest) << method;
  }
  HttpRequest head;
  head.method = "HEAD";
  head.body = "x";
  EXPECT_EQ(fault_of(head), Kind::BadRequest);
}

TEST(RequestCheck, writes_common_methods_large_as_fetch_does) {
  HttpRequest request;
  request.method = "post";
  ASSERT_FALSE(check_request(request));
  EXPECT_EQ(request.method, "POST");
  request.method = "Purge";
  ASSERT_FALSE(check_request(request));
  EXPECT_EQ(request.method, "Purge");
}

TEST(RequestCheck, bounds_number_and_size_of_headers) {
  HttpRequest many;
  many.headers.assign(kRequestHeadersMax, {"X", "y"});
  EXPECT_EQ(fault_of(many), std::nullopt);
  many.headers.emplace_back("X", "y");
  EXPECT_EQ(fault_of(many), Kind::BadRequest);
  EXPECT_EQ(fault_of(with_header("X", std::string(kRequestHeaderBytesMax, 'y'))), Kind::BadRequest);
}

}  // namespace
}  // namespace gantry::egress
