#include "domain/membership_index.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <stdexcept>

namespace gantry::domain {

void MembershipIndex::put(const RoomId& room, const UserId& user,
                          const std::vector<std::string>& roles) {
  const std::unique_lock lock(mutex_);
  put_numbered(rooms_.number_of(room), users_.number_of(user), roles);
}

void MembershipIndex::load(const std::function<void(const MembershipVisitor&)>& visit_all) {
  const std::unique_lock lock(mutex_);
  std::optional<Number> last;
  visit_all([&](const RoomId& room, const UserId& user, const std::vector<std::string>& roles) {
    if (!last || rooms_.ids[*last] != room) last = rooms_.number_of(room);
    put_numbered(*last, users_.number_of(user), roles);
  });
}

void MembershipIndex::put_numbered(Number room, Number user,
                                   const std::vector<std::string>& roles) {
  if (room >= members_of_room_.size()) members_of_room_.resize(room + 1);
  if (user >= rooms_of_user_.size()) rooms_of_user_.resize(user + 1);
  const auto [at, added] = entries_.try_emplace(key_of(room, user));
  at->second.roles = bits_of(roles);
  if (!added) return;
  at->second.place_in_room = static_cast<Number>(members_of_room_[room].size());
  at->second.place_in_user = static_cast<Number>(rooms_of_user_[user].size());
  members_of_room_[room].push_back(user);
  rooms_of_user_[user].push_back(room);
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

// The last entry of each list takes the freed place.
void MembershipIndex::erase(Number room, Number user) {
  const auto at = entries_.find(key_of(room, user));
  if (at == entries_.end()) return;
  std::vector<Number>& members = members_of_room_[room];
  std::vector<Number>& rooms = rooms_of_user_[user];
  const Entry entry = at->second;
  entries_.erase(at);
  members[entry.place_in_room] = members.back();
  members.pop_back();
  if (entry.place_in_room < members.size()) {
    entries_.at(key_of(room, members[entry.place_in_room])).place_in_room = entry.place_in_room;
  }
  rooms[entry.place_in_user] = rooms.back();
  rooms.pop_back();
  if (entry.place_in_user < rooms.size()) {
    entries_.at(key_of(rooms[entry.place_in_user], user)).place_in_user = entry.place_in_user;
  }
}

void MembershipIndex::remove(const RoomId& room, const UserId& user) {
  const std::unique_lock lock(mutex_);
  const auto r = rooms_.numbers.find(room);
  const auto u = users_.numbers.find(user);
  if (r != rooms_.numbers.end() && u != users_.numbers.end()) erase(r->second, u->second);
}

void MembershipIndex::remove_room(const RoomId& room) {
  const std::unique_lock lock(mutex_);
  const auto r = rooms_.numbers.find(room);
  if (r == rooms_.numbers.end() || r->second >= members_of_room_.size()) return;
  while (!members_of_room_[r->second].empty()) erase(r->second, members_of_room_[r->second].back());
}

void MembershipIndex::remove_user(const UserId& user) {
  const std::unique_lock lock(mutex_);
  const auto u = users_.numbers.find(user);
  if (u == users_.numbers.end() || u->second >= rooms_of_user_.size()) return;
  while (!rooms_of_user_[u->second].empty()) erase(rooms_of_user_[u->second].back(), u->second);
}

bool MembershipIndex::contains(const RoomId& room, const UserId& user) const {
  const std::shared_lock lock(mutex_);
  const auto r = rooms_.numbers.find(room);
  const auto u = users_.numbers.find(user);
  return r != rooms_.numbers.end() && u != users_.numbers.end() &&
         entries_.contains(key_of(r->second, u->second));
}

std::vector<std::string> MembershipIndex::roles_of(const RoomId& room, const UserId& user) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> out;
  const auto r = rooms_.numbers.find(room);
  const auto u = users_.numbers.find(user);
  if (r == rooms_.numbers.end() || u == users_.numbers.end()) return out;
  const auto at = entries_.find(key_of(r->second, u->second));
  if (at == entries_.end()) return out;
  for (std::size_t i = 0; i < role_names_.size(); ++i) {
    if ((at->second.roles >> i) & 1) out.push_back(role_names_[i]);
  }
  return out;
}

std::vector<RoomId> MembershipIndex::rooms_of(const UserId& user) const {
  const std::shared_lock lock(mutex_);
  std::vector<RoomId> out;
  const auto u = users_.numbers.find(user);
  if (u == users_.numbers.end() || u->second >= rooms_of_user_.size()) return out;
  for (Number r : rooms_of_user_[u->second]) out.push_back(rooms_.ids[r]);
  return out;
}

std::vector<UserId> MembershipIndex::members_of(const RoomId& room) const {
  const std::shared_lock lock(mutex_);
  std::vector<UserId> out;
  const auto r = rooms_.numbers.find(room);
  if (r == rooms_.numbers.end() || r->second >= members_of_room_.size()) return out;
  for (Number u : members_of_room_[r->second]) out.push_back(users_.ids[u]);
  return out;
}

std::size_t MembershipIndex::member_count(const RoomId& room) const {
  const std::shared_lock lock(mutex_);
  const auto r = rooms_.numbers.find(room);
  if (r == rooms_.numbers.end() || r->second >= members_of_room_.size()) return 0;
  return members_of_room_[r->second].size();
}

std::size_t MembershipIndex::size() const {
  const std::shared_lock lock(mutex_);
  return entries_.size();
}

}  // namespace gantry::domain
