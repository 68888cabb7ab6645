#include "store/archive/ustar.h"

#include <gtest/gtest.h>

namespace gantry::store::archive {
namespace {

constexpr Time kSomeTime = from_epoch_ms(1'700'000'000'000);

TEST(Ustar, gives_back_what_was_written) {
  for (const std::uint64_t bytes :
       {0ULL, 1ULL, 512ULL, 077777777777ULL, 0100000000000ULL, 1ULL << 40, 1ULL << 62}) {
    const std::string block = to_block({"uploads/abc", bytes}, kSomeTime);
    ASSERT_EQ(block.size(), kBlockBytes);
    const auto header = from_block(block);
    ASSERT_TRUE(header) << bytes;
    EXPECT_EQ(header->name, "uploads/abc");
    EXPECT_EQ(header->bytes, bytes);
  }
}

TEST(Ustar, refuses_a_header_with_any_byte_changed) {
  const std::string block = to_block({"gantry.db", 12345}, kSomeTime);
  for (std::size_t at = 0; at < block.size(); ++at) {
    std::string changed = block;
    changed[at] = static_cast<char>(changed[at] ^ 0x01);
    // The last byte of the sum's field ends it and says nothing.
    const auto header = from_block(changed);
    if (at != 154 && at != 155) EXPECT_FALSE(header) << at;
  }
  EXPECT_FALSE(from_block(block.substr(1)));
}

TEST(Ustar, fills_up_the_last_block) {
  EXPECT_EQ(padding_of(0), 0U);
  EXPECT_EQ(padding_of(1), 511U);
  EXPECT_EQ(padding_of(512), 0U);
  EXPECT_EQ(padding_of(513), 511U);
}

}  // namespace
}  // namespace gantry::store::archive
