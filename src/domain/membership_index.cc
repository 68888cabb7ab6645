#include "domain/membership_index.h"

#include <algorithm>
#include <stdexcept>

#include "base/prefetch.h"
#include "base/text_hash.h"

namespace gantry::domain {
namespace {

constexpr std::size_t kPlacesMin = 64;

const std::vector<std::uint32_t>& list_at(const std::vector<std::vector<std::uint32_t>>& lists,
                                          std::uint32_t number) {
  static const std::vector<std::uint32_t> kEmpty;
  return number < lists.size() ? lists[number] : kEmpty;
}

void add_to(std::vector<std::vector<std::uint32_t>>& lists, std::uint32_t number,
            std::uint32_t item) {
  if (number >= lists.size()) lists.resize(std::size_t{number} + 1);
  lists[number].push_back(item);
}

// The last item takes the freed place.
void take_from(std::vector<std::uint32_t>& list, std::uint32_t item) {
  const auto at = std::find(list.begin(), list.end(), item);
  if (at == list.end()) return;
  *at = list.back();
  list.pop_back();
}

}  // namespace

std::size_t MembershipIndex::home_of(std::uint64_t key) const {
  return static_cast<std::size_t>(((number_hash(key) >> 32U) * keys_.size()) >> 32U);
}

std::size_t MembershipIndex::place_of(std::uint64_t key) const {
  std::size_t at = home_of(key);
  while (keys_[at] != kFree && keys_[at] != key) at = after(at);
  return at;
}

void MembershipIndex::grow() {
  const std::size_t places = std::max(kPlacesMin, keys_.size() + keys_.size() / 2);
  std::vector<std::uint64_t> keys(places, kFree);
  std::vector<std::uint32_t> roles(places);
  keys.swap(keys_);
  roles.swap(roles_);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == kFree) continue;
    const std::size_t at = place_of(keys[i]);
    keys_[at] = keys[i];
    roles_[at] = roles[i];
  }
}

void MembershipIndex::put(RoomNumber room, UserNumber user, const std::vector<std::string>& roles) {
  if ((used_ + 1) * 4 > keys_.size() * 3) grow();
  const std::uint32_t bits = bits_of(roles);
  const std::uint64_t key = key_of(room, user);
  const std::size_t at = place_of(key);
  roles_[at] = bits;
  if (keys_[at] == key) return;
  keys_[at] = key;
  ++used_;
  add_to(members_of_room_, room, user);
  add_to(rooms_of_user_, user, room);
}

std::uint32_t MembershipIndex::bits_of(const std::vector<std::string>& roles) {
  std::uint32_t bits = 0;
  for (const std::string& role : roles) {
    auto at = std::find(role_names_.begin(), role_names_.end(), role);
    if (at == role_names_.end()) {
      if (role_names_.size() == kRolesMax) throw std::length_error("more than 32 room roles");
      at = role_names_.insert(role_names_.end(), role);
    }
    bits |= std::uint32_t{1} << (at - role_names_.begin());
  }
  return bits;
}

// What was pushed further by the erased key moves back, so that no search ends early.
void MembershipIndex::erase_key(std::uint64_t key) {
  std::size_t hole = place_of(key);
  if (keys_[hole] == kFree) return;
  --used_;
  for (std::size_t next = after(hole); keys_[next] != kFree; next = after(next)) {
    const std::size_t home = home_of(keys_[next]);
    if (distance(home, next) < distance(hole, next)) continue;
    keys_[hole] = keys_[next];
    roles_[hole] = roles_[next];
    hole = next;
  }
  keys_[hole] = kFree;
}

void MembershipIndex::remove(RoomNumber room, UserNumber user) {
  if (!contains(room, user)) return;
  erase_key(key_of(room, user));
  take_from(members_of_room_[room], user);
  take_from(rooms_of_user_[user], room);
}

void MembershipIndex::remove_room(RoomNumber room) {
  if (room >= members_of_room_.size()) return;
  for (const UserNumber user : members_of_room_[room]) {
    erase_key(key_of(room, user));
    take_from(rooms_of_user_[user], room);
  }
  members_of_room_[room] = {};
}

void MembershipIndex::remove_user(UserNumber user) {
  if (user >= rooms_of_user_.size()) return;
  for (const RoomNumber room : rooms_of_user_[user]) {
    erase_key(key_of(room, user));
    take_from(members_of_room_[room], user);
  }
  rooms_of_user_[user] = {};
}

void MembershipIndex::expect(RoomNumber room, UserNumber user) const {
  if (!keys_.empty()) prefetch(&keys_[home_of(key_of(room, user))]);
}

bool MembershipIndex::contains(RoomNumber room, UserNumber user) const {
  const std::uint64_t key = key_of(room, user);
  // Nobody in no room would be the mark of a free place.
  return !keys_.empty() && key != kFree && keys_[place_of(key)] == key;
}

std::vector<std::string> MembershipIndex::roles_of(RoomNumber room, UserNumber user) const {
  std::vector<std::string> out;
  if (!contains(room, user)) return out;
  const std::uint32_t bits = roles_[place_of(key_of(room, user))];
  for (std::size_t i = 0; i < role_names_.size(); ++i) {
    if (((bits >> i) & 1U) != 0) out.push_back(role_names_[i]);
  }
  return out;
}

const std::vector<RoomNumber>& MembershipIndex::rooms_of(UserNumber user) const {
  return list_at(rooms_of_user_, user);
}

const std::vector<UserNumber>& MembershipIndex::members_of(RoomNumber room) const {
  return list_at(members_of_room_, room);
}

}  // namespace gantry::domain
