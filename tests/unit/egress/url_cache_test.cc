#include "egress/url_cache.h"

#include <gtest/gtest.h>

namespace gantry::egress {
namespace {

std::shared_ptr<const Url> parsed(UrlCache& cache, const std::string& text) {
  return std::get<0>(cache.parse(text));
}

TEST(UrlCache, gives_the_same_object_again) {
  UrlCache cache;
  const auto first = parsed(cache, "http://a.example/x");
  EXPECT_EQ(first, parsed(cache, "http://a.example/x"));
  EXPECT_NE(first, parsed(cache, "http://a.example/y"));
  EXPECT_EQ(first->text, "http://a.example/x");
}

TEST(UrlCache, keeps_a_bounded_number_and_no_long_ones) {
  UrlCache cache;
  const auto first = parsed(cache, "http://a.example/");
  for (std::size_t i = 0; i <= kUrlsKept; ++i) {
    parsed(cache, "http://a.example/" + std::to_string(i));
  }
  EXPECT_EQ(first.use_count(), 1);
  const auto long_one = parsed(cache, "http://a.example/" + std::string(kKeptUrlBytesMax, 'x'));
  EXPECT_EQ(long_one.use_count(), 1);
}

TEST(UrlCache, says_what_is_wrong_every_time) {
  UrlCache cache;
  for (int i = 0; i < 2; ++i) {
    const auto result = cache.parse("ftp://a.example/");
    EXPECT_EQ(std::get<HttpFailure>(result).kind, HttpFailure::Kind::SchemeNotAllowed);
  }
}

}  // namespace
}  // namespace gantry::egress
