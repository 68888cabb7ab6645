#include "base/flat_index.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "base/inline_text.h"
#include "base/text_hash.h"

namespace gantry {
namespace {

TEST(FlatIndex, agrees_with_a_set_through_many_changes) {
  FlatIndex index;
  std::set<std::uint32_t> numbers;
  std::mt19937 random(11);
  // Many numbers share a hash, so that runs of slots grow and shrink.
  const auto hash_of = [](std::uint32_t number) { return number_hash(number / 3); };
  const auto has = [&](std::uint32_t number) {
    return index.find(hash_of(number), [&](std::uint32_t one) { return one == number; }) == number;
  };
  for (int step = 0; step < 20'000; ++step) {
    const std::uint32_t number = random() % 500;
    if (numbers.contains(number)) {
      ASSERT_TRUE(has(number));
      index.erase(hash_of(number), number);
      numbers.erase(number);
    } else {
      ASSERT_FALSE(has(number));
      index.insert(hash_of(number), number);
      numbers.insert(number);
    }
    index.erase(hash_of(1000), 1000);
    ASSERT_EQ(index.size(), numbers.size());
  }
  for (std::uint32_t number = 0; number < 500; ++number) {
    ASSERT_EQ(has(number), numbers.contains(number));
  }
}

TEST(TextHash, tells_texts_of_all_lengths_apart) {
  std::set<std::uint64_t> seen;
  std::string text;
  for (int length = 0; length < 80; ++length) {
    seen.insert(text_hash(text));
    for (char& c : text) {
      c ^= 1;
      seen.insert(text_hash(text));
      c ^= 1;
    }
    text += 'a';
  }
  EXPECT_EQ(seen.size(), 80U + 79U * 80U / 2U);
  EXPECT_EQ(text_hash("room"), text_hash(std::string("room")));
}

TEST(InlineText, holds_short_and_long_texts_and_moves_them) {
  for (const std::size_t size : {0, 1, 16, 17, 300}) {
    const std::string whole(size, 'x');
    InlineText<16> text{whole};
    EXPECT_EQ(text.view(), whole);
    InlineText<16> moved = std::move(text);
    EXPECT_EQ(moved.view(), whole);
    InlineText<16> other{std::string(40, 'y')};
    other = std::move(moved);
    EXPECT_EQ(other.view(), whole);
  }
}

}  // namespace
}  // namespace gantry
