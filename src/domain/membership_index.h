#pragma once
// Who is in which room with which room roles, in about 40 bytes a membership: users and rooms are
// numbered, roles are bits. One writer, many readers; a shared lock is held for one lookup.

#include <deque>
#include <functional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/ids.h"
#include "domain/room.h"

namespace gantry::domain {

class MembershipIndex {
 public:
  void put(const RoomId& room, const UserId& user, const std::vector<std::string>& roles);
  // Puts each that `visit_all` calls its argument with, fastest in the order of rooms.
  void load(const std::function<void(const MembershipVisitor&)>& visit_all);
  void remove(const RoomId& room, const UserId& user);
  void remove_room(const RoomId& room);
  void remove_user(const UserId& user);

  bool contains(const RoomId& room, const UserId& user) const;
  std::vector<std::string> roles_of(const RoomId& room, const UserId& user) const;
  std::vector<RoomId> rooms_of(const UserId& user) const;
  std::vector<UserId> members_of(const RoomId& room) const;
  std::size_t member_count(const RoomId& room) const;
  std::size_t size() const;

 private:
  using Number = std::uint32_t;
  static constexpr std::size_t kRolesMax = 32;

  struct Entry {
    std::uint32_t roles = 0;   // bit i: role_names_[i]
    Number place_in_room = 0;  // index in members_of_room_
    Number place_in_user = 0;  // index in rooms_of_user_
  };

  static std::uint64_t key_of(Number room, Number user) {
    return (std::uint64_t{room} << 32) | user;
  }
  void put_numbered(Number room, Number user, const std::vector<std::string>& roles);
  std::uint32_t bits_of(const std::vector<std::string>& roles);
  void erase(Number room, Number user);

  template <class IdType>
  struct Numbers {
    std::unordered_map<IdType, Number> numbers;
    std::deque<IdType> ids;

    Number number_of(const IdType& id) {
      const auto [at, added] = numbers.try_emplace(id, static_cast<Number>(ids.size()));
      if (added) ids.push_back(id);
      return at->second;
    }
  };

  mutable std::shared_mutex mutex_;
  Numbers<RoomId> rooms_;
  Numbers<UserId> users_;
  std::vector<std::string> role_names_;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::vector<std::vector<Number>> members_of_room_;  // by room number
  std::vector<std::vector<Number>> rooms_of_user_;    // by user number
};

}  // namespace gantry::domain
