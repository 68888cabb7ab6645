#pragma once
// Who is in which room with which room roles, by numbers, in about 25 bytes a membership. Part of
// the Directory and under its lock.

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::domain {

using UserNumber = std::uint32_t;
using RoomNumber = std::uint32_t;

class MembershipIndex {
 public:
  void put(RoomNumber room, UserNumber user, const std::vector<std::string>& roles);
  void remove(RoomNumber room, UserNumber user);
  void remove_room(RoomNumber room);
  void remove_user(UserNumber user);

  // Has the memory fetched that contains() will read.
  void expect(RoomNumber room, UserNumber user) const;
  bool contains(RoomNumber room, UserNumber user) const;
  std::vector<std::string> roles_of(RoomNumber room, UserNumber user) const;
  const std::vector<RoomNumber>& rooms_of(UserNumber user) const;
  const std::vector<UserNumber>& members_of(RoomNumber room) const;
  std::size_t size() const { return used_; }

 private:
  static constexpr std::size_t kRolesMax = 32;
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};
  using Lists = std::vector<std::vector<std::uint32_t>>;

  static std::uint64_t key_of(RoomNumber room, UserNumber user) {
    return (std::uint64_t{room} << 32U) | user;
  }
  std::uint32_t bits_of(const std::vector<std::string>& roles);
  std::size_t home_of(std::uint64_t key) const;
  std::size_t after(std::size_t at) const { return at + 1 == keys_.size() ? 0 : at + 1; }
  std::size_t distance(std::size_t from, std::size_t to) const {
    return to >= from ? to - from : to + keys_.size() - from;
  }
  // Where the key is, or the free place where it belongs.
  std::size_t place_of(std::uint64_t key) const;
  void grow();
  void erase_key(std::uint64_t key);

  // An open table in two columns: a question for membership looks at the keys only.
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> roles_;  // bit i: role_names_[i]
  std::size_t used_ = 0;
  std::vector<std::string> role_names_;
  Lists members_of_room_;  // by room number
  Lists rooms_of_user_;    // by user number
};

}  // namespace gantry::domain
