#include "domain/membership_index.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace gantry::domain {
namespace {

template <class T>
std::multiset<T> as_set(const std::vector<T>& list) {
  return {list.begin(), list.end()};
}

TEST(MembershipIndex, agrees_with_a_set_of_pairs_through_many_changes) {
  MembershipIndex index;
  std::set<std::pair<RoomNumber, UserNumber>> pairs;
  std::mt19937 random(7);
  constexpr std::uint32_t kRooms = 40;
  constexpr std::uint32_t kUsers = 120;
  for (int step = 0; step < 20'000; ++step) {
    const RoomNumber room = random() % kRooms;
    const UserNumber user = random() % kUsers;
    const std::uint32_t kind = random() % 1000;
    if (kind < 600) {
      index.put(room, user, {});
      pairs.insert({room, user});
    } else if (kind < 996) {
      index.remove(room, user);
      pairs.erase({room, user});
    } else if (kind < 998) {
      index.remove_room(room);
      std::erase_if(pairs, [&](const auto& pair) { return pair.first == room; });
    } else {
      index.remove_user(user);
      std::erase_if(pairs, [&](const auto& pair) { return pair.second == user; });
    }
    ASSERT_EQ(index.size(), pairs.size());
    ASSERT_EQ(index.contains(room, user), pairs.contains({room, user}));
  }
  for (RoomNumber room = 0; room < kRooms; ++room) {
    std::multiset<UserNumber> members;
    for (UserNumber user = 0; user < kUsers; ++user) {
      const bool member = pairs.contains({room, user});
      ASSERT_EQ(index.contains(room, user), member);
      if (member) members.insert(user);
    }
    EXPECT_EQ(as_set(index.members_of(room)), members);
  }
  for (UserNumber user = 0; user < kUsers; ++user) {
    std::multiset<RoomNumber> rooms;
    for (const auto& [room, member] : pairs) {
      if (member == user) rooms.insert(room);
    }
    EXPECT_EQ(as_set(index.rooms_of(user)), rooms);
  }
}

TEST(MembershipIndex, replaces_the_roles_of_a_member) {
  MembershipIndex index;
  index.put(1, 2, {"owner", "leader"});
  EXPECT_EQ(index.roles_of(1, 2), (std::vector<std::string>{"owner", "leader"}));
  index.put(1, 2, {"leader"});
  EXPECT_EQ(index.roles_of(1, 2), std::vector<std::string>{"leader"});
  EXPECT_EQ(index.size(), 1U);
  index.remove(1, 2);
  index.put(1, 2, {});
  EXPECT_TRUE(index.roles_of(1, 2).empty());
  EXPECT_TRUE(index.roles_of(9, 9).empty());
}

}  // namespace
}  // namespace gantry::domain
