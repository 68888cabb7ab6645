#include "domain/message_text.h"

#include <gtest/gtest.h>

namespace gantry::domain {
namespace {

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& item : list) out += item + ";";
  return out;
}

std::string users(std::string_view text) {
  return joined(find_references(text).users);
}

std::string urls(std::string_view text) {
  return joined(find_urls(text));
}

TEST(MessageText, counts_characters_and_not_bytes) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("abc"), 3U);
  EXPECT_EQ(count_characters("\u00e4\u20ac\U0001F600"), 3U);
}

TEST(MessageText, finds_names_at_the_beginning_of_words_only) {
  EXPECT_EQ(users("@ada hi @bob-b.x\n@c_1 >@quoted"), "ada;bob-b.x;c_1;quoted;");
  EXPECT_EQ(users("mail a@b.c, (@no, x@y @"), "");
  EXPECT_EQ(users("@ada, @ada! @ada"), "ada;");
  EXPECT_EQ(users("hi @ada."), "ada.;");
  EXPECT_EQ(users("@\u00fcbung"), "\u00fcbung;");
}

TEST(MessageText, finds_rooms) {
  EXPECT_EQ(joined(find_references("#a see #b-c, x#d").rooms), "a;b-c;");
}

TEST(MessageText, looks_for_nothing_in_code) {
  EXPECT_EQ(users("`@a` @b ```\n@c\n``` @d"), "b;d;");
  EXPECT_EQ(users("` @a"), "a;");
  EXPECT_EQ(users("``@a` ``@b"), "");
  EXPECT_EQ(urls("`http://a` http://b"), "http://b;");
}

TEST(MessageText, finds_links_without_the_end_of_the_sentence) {
  EXPECT_EQ(urls("see http://a.test/x?y=1#z, and HTTPS://B.test."),
            "http://a.test/x?y=1#z;HTTPS://B.test;");
  EXPECT_EQ(urls("(http://a/b)"), "http://a/b;");
  EXPECT_EQ(urls("http://a/b_(c)"), "http://a/b_(c);");
  EXPECT_EQ(urls("[t](http://a/b)"), "http://a/b;");
  EXPECT_EQ(urls("<http://a/b|text>"), "http://a/b;");
  EXPECT_EQ(urls("*http://a*"), "http://a;");
  EXPECT_EQ(urls("xhttp://a http:// https://) ftp://c"), "");
  EXPECT_EQ(urls("http://a http://a"), "http://a;");
}

TEST(MessageText, long_hostile_texts_end_soon) {
  std::string text = "http://a";
  text.append(2'000'000, ')');
  EXPECT_EQ(urls(text), "http://a;");
  std::string names;
  for (int i = 0; i < 100'000; ++i) names += "@n" + std::to_string(i) + " ";
  EXPECT_EQ(find_references(names).users.size(), 2000U);
}

}  // namespace
}  // namespace gantry::domain
