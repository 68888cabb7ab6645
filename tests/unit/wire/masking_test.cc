#include "wire/masking.h"

#include <gtest/gtest.h>

namespace gantry::wire {
namespace {

TEST(masking, finds_what_stands_before_the_host) {
  for (const auto& [url, info] : {std::pair{"https://ada:secret@example.org/x", "ada:secret"},
                                  {"https://token@example.org", "token"},
                                  {"https://a@b@example.org:1/", "a@b"},
                                  {"https://example.org/a@b", ""},
                                  {"https://example.org?x=a@b", ""},
                                  {"https://127.0.0.1:80\\@example.org", ""},
                                  {"https://example.org#a@b", ""},
                                  {"ada:secret@example.org", ""},
                                  {"", ""}}) {
    EXPECT_EQ(user_info_of(url), info) << url;
  }
  EXPECT_EQ(mask_url("https://ada:secret@example.org/x"), "https://(masked)@example.org/x");
  EXPECT_EQ(mask_url("https://example.org/a@b"), "https://example.org/a@b");
}

TEST(masking, masks_each_secret_wherever_it_stands) {
  Mask mask;
  mask.add("the-token");
  mask.add_url("http://ada:password@example.org/");
  json::value value = json::parse(R"({"a":["xthe-tokenthe-token"],"b":{"c":"ada:password!"},)"
                                  R"("d":"password","e":1,"f":null,"g":"ada"})");
  mask.apply(value);
  EXPECT_EQ(json::serialize(value), R"j({"a":["x(masked)(masked)"],"b":{"c":"(masked)!"},)j"
                                    R"j("d":"(masked)","e":1,"f":null,"g":"ada"})j");
}

TEST(masking, a_name_without_a_password_is_masked_before_hosts) {
  Mask mask;
  mask.add_url("https://some-token@example.org/");
  json::value value = "some-token at https://some-token@example.org/";
  mask.apply(value);
  EXPECT_EQ(value, json::value("some-token at https://(masked)@example.org/"));
}

TEST(masking, short_words_are_masked_in_their_own_place_alone) {
  Mask mask;
  mask.add("word");
  json::object payload{{"token", "word"}, {"text", "a word"}};
  mask.apply(payload);
  mask_token(payload);
  EXPECT_EQ(payload, (json::object{{"token", "(masked)"}, {"text", "a word"}}));
}

}  // namespace
}  // namespace gantry::wire
