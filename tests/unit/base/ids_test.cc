#include "base/ids.h"

#include <set>

#include <gtest/gtest.h>

#include "base/derived_id.h"

namespace gantry {
namespace {

TEST(Ids, ordered_ids_sort_by_their_time) {
  std::string last;
  for (std::int64_t ms : {0LL, 1LL, 54LL, 55LL, 1'790'000'000'000LL, 1'790'000'000'001LL}) {
    const std::string id = ordered_id(from_epoch_ms(ms));
    EXPECT_EQ(id.size(), kIdLength);
    EXPECT_EQ(id.find_first_not_of(kIdAlphabet), std::string::npos);
    EXPECT_LT(last.substr(0, kIdTimeLength), id.substr(0, kIdTimeLength));
    last = id;
  }
}

TEST(Ids, ordered_ids_of_one_moment_differ) {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(ordered_id(from_epoch_ms(1'790'000'000'000)));
  EXPECT_EQ(seen.size(), 1'000U);
}

TEST(Ids, a_derived_id_stays_the_same_beside_its_origin) {
  const std::string origin = ordered_id(from_epoch_ms(1'790'000'000'000));
  const std::string id = derived_id_beside(origin, "history 1");
  EXPECT_EQ(id, derived_id_beside(origin, "history 1"));
  EXPECT_NE(id, derived_id_beside(origin, "history 2"));
  EXPECT_EQ(id.size(), kIdLength);
  EXPECT_TRUE(id.starts_with(origin.substr(0, kIdTimeLength)));
}

}  // namespace
}  // namespace gantry
