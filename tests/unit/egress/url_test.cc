#include "egress/url.h"

#include <gtest/gtest.h>

#include "receiver.h"

namespace gantry::egress {
namespace {

using Kind = HttpFailure::Kind;

Url url(std::string_view text) {
  auto parsed = parse_url(text);
  if (const auto* failure = std::get_if<HttpFailure>(&parsed)) {
    ADD_FAILURE() << text << ": " << failure->text;
    return {};
  }
  return std::get<Url>(std::move(parsed));
}

Kind fault(std::string_view text) {
  auto parsed = parse_url(text);
  const auto* failure = std::get_if<HttpFailure>(&parsed);
  if (failure == nullptr) ADD_FAILURE() << text << " was accepted";
  return failure == nullptr ? Kind::Other : failure->kind;
}

TEST(Url, reads_the_parts_that_are_judged) {
  const Url read = url(" https://User:p%40ss@Hooks.Example.:8443/a/../b?q=1#part ");
  EXPECT_EQ(read.host, "hooks.example");
  EXPECT_EQ(read.port, 8443);
  EXPECT_TRUE(read.secure);
  EXPECT_EQ(read.user_info, "User:p@ss");
  EXPECT_EQ(read.origin, "https://hooks.example:8443");
  EXPECT_EQ(read.text.find("p%40ss"), std::string::npos);
  EXPECT_EQ(read.text.find('#'), std::string::npos);
  EXPECT_NE(read.text.find(":8443/b?q=1"), std::string::npos);
}

TEST(Url, knows_default_ports_and_brackets) {
  EXPECT_EQ(url("http://a.example").port, 80);
  EXPECT_EQ(url("https://a.example/").port, 443);
  EXPECT_EQ(url("http://[::1]:90/").host, "::1");
  EXPECT_EQ(url("http://a.example:80/x").origin, url("http://A.example/y").origin);
}

TEST(Url, encodes_spaces_and_letters_beyond_ascii) {
  EXPECT_EQ(url("http://a.example/x y").text, "http://a.example/x%20y");
  EXPECT_EQ(url("http://a.example/\xc3\xbc").text, "http://a.example/%c3%bc");
}

TEST(Url, has_one_form_for_hosts_however_they_are_written) {
  EXPECT_EQ(url("http://B\xc3\xbc"
                "cher.example/x")
                .host,
            "xn--bcher-kva.example");
  EXPECT_EQ(url("http://b\xc3\xbc"
                "cher.example/x")
                .text,
            "http://xn--bcher-kva.example/x");
  for (const char* loopback :
       {"http://127.0.0.1/", "http://127.1/", "http://0x7f.1./", "http://2130706433/",
        "http://127.0.0.1./", "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1/",
        "http:\\\\127.0.0.1\\", "http://127.0.0.1\\@b.example/", "http://0%787f.1/",
        "http://%32130706433/"}) {
    EXPECT_EQ(url(loopback).host, "127.0.0.1") << loopback;
  }
  EXPECT_EQ(url("http://a.example./").text, "http://a.example/");
  EXPECT_EQ(url("http://a.example/x\\y?z\\").text, "http://a.example/x/y?z\\");
}

TEST(Url, converts_names_in_other_scripts_as_browsers_do) {
  const auto host = [](std::string_view name) {
    return url("http://" + std::string(name) + "/").host;
  };
  // The sharp s stays what it is; older rules would make another host of it.
  EXPECT_EQ(host("stra\xc3\x9f"
                 "e.example"),
            "xn--strae-oqa.example");
  EXPECT_EQ(host("\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88"),
            "xn--r8jz45g.xn--zckzah");
  // A letter and its dots apart, and a capital letter, are the letter.
  EXPECT_EQ(host("bu\xcc\x88"
                 "cher.example"),
            "xn--bcher-kva.example");
  EXPECT_EQ(host("B\xc3\x9c"
                 "CHER.example."),
            "xn--bcher-kva.example");
  EXPECT_EQ(host("b%C3%BCcher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("\xe2\x98\x95.example"), "xn--53h.example");
  // An ideographic full stop divides names, too, and wide letters are letters.
  EXPECT_EQ(host("a\xe3\x80\x82"
                 "example"),
            "a.example");
  EXPECT_EQ(host("\xef\xbd\x8c\xef\xbd\x8f\xef\xbd\x83\xef\xbd\x81\xef\xbd\x8chost"), "localhost");
}

TEST(Url, refuses_names_that_cannot_be_converted) {
  std::string long_label = "\xc3\xbc";
  for (int i = 0; i < 64; ++i) long_label += 'a';
  for (const std::string& name : std::vector<std::string>{
           "\xff.example", "a\xc3.example", "\xed\xa0\x80.example",  // no UTF-8
           "a\xe2\x80\x8b\xe2\x80\xae.example",                      // turns the direction
           "\xcc\x88\xc3\xbc.example",                               // begins with a mark
           "-\xc3\xbc.example", long_label + ".example", "%ff.example"}) {
    const auto parsed = parse_url("http://" + name + "/");
    const auto* failure = std::get_if<HttpFailure>(&parsed);
    ASSERT_NE(failure, nullptr) << name;
    EXPECT_EQ(failure->kind, Kind::InvalidUrl);
    EXPECT_EQ(failure->text, "The URL's host is no name.");
    const auto redirect = resolve_url(url("https://a.example/"), "//" + name + "/");
    EXPECT_NE(std::get_if<HttpFailure>(&redirect), nullptr) << name;
  }
}

TEST(Url, refuses_other_schemes) {
  for (const char* text :
       {"ftp://a.example/", "file:///etc/passwd", "gopher://a.example/", "javascript:alert(1)",
        "dict://a.example:11/", "data:text/plain,x", "ws://a.example/", "FILE:///etc/passwd",
        "smb://a.example/x", "unix:/run/docker.sock", "localhost:3000"}) {
    EXPECT_EQ(fault(text), Kind::SchemeNotAllowed) << text;
  }
}

TEST(Url, refuses_what_is_no_url) {
  for (const char* text :
       {"", "   ", "http://", "http:///", "hooks.example", "/path", "//a.example",
        "http://a.example:0/", "http://a.example:99999/", "http://a.example:x/", "http://[::1",
        "http://a b.example/", "http://./", "http://a%7f.example/", "http://a%01.example/",
        "http://a%0a.example/", "http://%2530x7f.1/"}) {
    EXPECT_EQ(fault(text), Kind::InvalidUrl) << text;
  }
  EXPECT_EQ(fault("http://a.example/" + std::string(kUrlBytesMax, 'x')), Kind::InvalidUrl);
}

TEST(Url, refuses_control_characters) {
  using namespace std::string_literals;
  for (const std::string& text :
       {"http://a.example/\r\nX: y"s, "http://a.example/\n"s, "http://a.ex\tample/"s,
        "http://a.example/\0"s, "http://a.example/\x7f"s}) {
    EXPECT_EQ(fault(text), Kind::BadRequest) << text;
  }
}

TEST(Url, resolves_what_a_redirect_says) {
  const Url base = url("https://a.example:444/x/y?z=1");
  const auto to = [&](std::string_view location) {
    auto resolved = resolve_url(base, location);
    const auto* next = std::get_if<Url>(&resolved);
    return next == nullptr ? std::string(to_string(std::get<HttpFailure>(resolved).kind))
                           : next->text;
  };
  EXPECT_EQ(to("/other"), "https://a.example:444/other");
  EXPECT_EQ(to("other"), "https://a.example:444/x/other");
  EXPECT_EQ(to("../up"), "https://a.example:444/up");
  EXPECT_EQ(to("?q"), "https://a.example:444/x/y?q");
  EXPECT_EQ(to("//b.example/z"), "https://b.example/z");
  EXPECT_EQ(to("http://b.example/z#f"), "http://b.example/z");
  EXPECT_EQ(to("file:///etc/passwd"), "scheme-not-allowed");
  EXPECT_EQ(to("javascript:alert(1)"), "scheme-not-allowed");
  EXPECT_EQ(to("ftp://a.example/"), "scheme-not-allowed");
  // libcurl takes what begins with a digit for a scheme, too.
  EXPECT_EQ(to("1http://b.example/"), "scheme-not-allowed");
  EXPECT_EQ(to("http://b.example:0/"), "invalid-url");
}

}  // namespace
}  // namespace gantry::egress
