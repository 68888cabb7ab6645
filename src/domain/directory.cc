#include "domain/directory.h"

#include <algorithm>

#include "base/prefetch.h"
#include "base/text_hash.h"

namespace gantry::domain {

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

UserNumber Directory::find_user_number(std::string_view id) const {
  return users_by_id_.find(text_hash(id),
                           [&](std::uint32_t number) { return users_[number].id.view() == id; });
}

RoomNumber Directory::find_room_number(std::string_view id) const {
  return rooms_by_id_.find(text_hash(id),
                           [&](std::uint32_t number) { return rooms_[number].id.view() == id; });
}

RoomNumber Directory::find_room_number_by_name(std::string_view name) const {
  return rooms_by_name_.find(
      text_hash(name), [&](std::uint32_t number) { return rooms_[number].room->name == name; });
}

std::uint32_t Directory::find_token_number(std::string_view hash) const {
  return tokens_by_hash_.find(
      text_hash(hash), [&](std::uint32_t number) { return tokens_[number].hash.view() == hash; });
}

std::shared_ptr<const User> Directory::find_user(const UserId& id) const {
  const SpreadLock::Reading reading(lock_);
  const UserNumber number = find_user_number(id.text);
  return number == kNoNumber ? nullptr : users_[number].user;
}

std::shared_ptr<const User> Directory::find_user_by_name(std::string_view username) const {
  const std::string name = to_lower(username);
  const SpreadLock::Reading reading(lock_);
  const UserNumber number = users_by_name_.find(text_hash(name), [&](std::uint32_t one) {
    return to_lower(users_[one].user->username) == name;
  });
  return number == kNoNumber ? nullptr : users_[number].user;
}

std::shared_ptr<const User> Directory::find_user_by_email(std::string_view address) const {
  const std::string lower = to_lower(address);
  const SpreadLock::Reading reading(lock_);
  const UserNumber number = users_by_email_.find(text_hash(lower), [&](std::uint32_t one) {
    const auto& emails = users_[one].user->emails;
    return std::any_of(emails.begin(), emails.end(),
                       [&](const Email& email) { return to_lower(email.address) == lower; });
  });
  return number == kNoNumber ? nullptr : users_[number].user;
}

std::vector<std::shared_ptr<const User>> Directory::list_users() const {
  const SpreadLock::Reading reading(lock_);
  std::vector<std::shared_ptr<const User>> out;
  out.reserve(user_count_);
  for (const UserRecord& record : users_) {
    if (record.user) out.push_back(record.user);
  }
  return out;
}

std::size_t Directory::user_count() const {
  const SpreadLock::Reading reading(lock_);
  return user_count_;
}

std::shared_ptr<const Token> Directory::find_token(const std::string& hash) const {
  const SpreadLock::Reading reading(lock_);
  const std::uint32_t number = find_token_number(hash);
  return number == kNoNumber ? nullptr : whole_tokens_[number];
}

std::shared_ptr<const Room> Directory::find_room(const RoomId& id) const {
  const SpreadLock::Reading reading(lock_);
  const RoomNumber number = find_room_number(id.text);
  return number == kNoNumber ? nullptr : rooms_[number].room;
}

std::shared_ptr<const Room> Directory::find_room_by_name(std::string_view name) const {
  const SpreadLock::Reading reading(lock_);
  const RoomNumber number = find_room_number_by_name(name);
  return number == kNoNumber ? nullptr : rooms_[number].room;
}

std::vector<std::shared_ptr<const Room>> Directory::list_rooms() const {
  const SpreadLock::Reading reading(lock_);
  std::vector<std::shared_ptr<const Room>> out;
  for (const RoomRecord& record : rooms_) {
    if (record.room) out.push_back(record.room);
  }
  return out;
}

bool Directory::is_member(const UserId& user, const RoomId& room) const {
  const SpreadLock::Reading reading(lock_);
  return memberships_.contains(find_room_number(room.text), find_user_number(user.text));
}

std::vector<std::string> Directory::roles_in(const UserId& user, const RoomId& room) const {
  const SpreadLock::Reading reading(lock_);
  return memberships_.roles_of(find_room_number(room.text), find_user_number(user.text));
}

std::vector<RoomId> Directory::rooms_of(const UserId& user) const {
  const SpreadLock::Reading reading(lock_);
  std::vector<RoomId> out;
  for (const RoomNumber room : memberships_.rooms_of(find_user_number(user.text))) {
    out.emplace_back(rooms_[room].id.view());
  }
  return out;
}

std::vector<UserId> Directory::members_of(const RoomId& room) const {
  const SpreadLock::Reading reading(lock_);
  std::vector<UserId> out;
  for (const UserNumber user : memberships_.members_of(find_room_number(room.text))) {
    out.emplace_back(users_[user].id.view());
  }
  return out;
}

std::size_t Directory::member_count(const RoomId& room) const {
  const SpreadLock::Reading reading(lock_);
  return memberships_.members_of(find_room_number(room.text)).size();
}

std::size_t Directory::membership_count() const {
  const SpreadLock::Reading reading(lock_);
  return memberships_.size();
}

std::vector<Role> Directory::list_roles() const {
  const SpreadLock::Reading reading(lock_);
  return roles_;
}

std::optional<Role> Directory::find_role(std::string_view id) const {
  const SpreadLock::Reading reading(lock_);
  for (const Role& role : roles_) {
    if (role.id == id) return role;
  }
  return std::nullopt;
}

std::vector<Grant> Directory::list_grants() const {
  const SpreadLock::Reading reading(lock_);
  return rights_.grants();
}

bool Directory::has_permission(const User& user, Permission permission) const {
  const SpreadLock::Reading reading(lock_);
  return holds(rights_.of(user.roles), permission);
}

bool Directory::has_permission(const User& user, Permission permission, const RoomId& room) const {
  const SpreadLock::Reading reading(lock_);
  return holds(rights_.of(user.roles), permission) ||
         holds(rights_.of(memberships_.roles_of(find_room_number(room.text),
                                                find_user_number(user.id.text))),
               permission);
}

std::shared_ptr<const Settings> Directory::settings() const {
  const SpreadLock::Reading reading(lock_);
  return settings_;
}

std::shared_ptr<const IntegrationEntry> Directory::find_integration(const IntegrationId& id) const {
  const SpreadLock::Reading reading(lock_);
  return integrations_.find(id);
}

IntegrationList Directory::list_integrations() const {
  const SpreadLock::Reading reading(lock_);
  return integrations_.all();
}

IntegrationList Directory::list_by_channel(const std::string& channel) const {
  const SpreadLock::Reading reading(lock_);
  return integrations_.by_channel(channel);
}

IntegrationList Directory::list_by_maker(const UserId& maker) const {
  const SpreadLock::Reading reading(lock_);
  return integrations_.by_maker(maker);
}

IntegrationList Directory::list_without_channel() const {
  const SpreadLock::Reading reading(lock_);
  return integrations_.without_channel();
}

void Directory::View::expect_session(std::string_view user_id) const {
  const UserNumber likely = directory_.users_by_id_.guess(text_hash(user_id));
  if (likely != kNoNumber) prefetch(&directory_.users_[likely]);
}

std::optional<Directory::View::Session> Directory::View::find_session(
    std::string_view user_id, std::string_view token_hash) const {
  const UserNumber user = directory_.find_user_number(user_id);
  if (user == kNoNumber) return std::nullopt;
  const UserRecord& account = directory_.users_[user];
  prefetch(account.user.get());
  // Most have one session, so the table of all tokens is seldom asked.
  std::uint32_t number = account.newest_token;
  if (number == kNoNumber || directory_.tokens_[number].hash.view() != token_hash) {
    number = directory_.find_token_number(token_hash);
  }
  if (number == kNoNumber || directory_.tokens_[number].user != user) return std::nullopt;
  const TokenRecord& record = directory_.tokens_[number];
  return Session{user, record.kind, record.created_at};
}

std::shared_ptr<const User> Directory::View::find_active_user(UserNumber number) const {
  if (number == kNoNumber) return nullptr;
  const UserRecord& record = directory_.users_[number];
  return record.active ? record.user : nullptr;
}

const PermissionSet& Directory::View::permissions(UserNumber user) const {
  return directory_.rights_.of(user == kNoNumber ? RoleRights::kNoRoles
                                                 : directory_.users_[user].roles);
}

RoomNumber Directory::View::find_room(std::string_view id, UserNumber visitor) const {
  const RoomNumber likely = directory_.rooms_by_id_.guess(text_hash(id));
  if (visitor != kNoNumber) directory_.memberships_.expect(likely, visitor);
  const RoomNumber number = directory_.find_room_number(id);
  if (number == kNoNumber || !directory_.rooms_[number].room) return kNoNumber;
  prefetch(directory_.rooms_[number].listings.load(std::memory_order_relaxed));
  return number;
}

RoomNumber Directory::View::find_room_by_name(std::string_view name) const {
  return directory_.find_room_number_by_name(name);
}

std::shared_ptr<const std::string> Directory::View::find_listing(RoomNumber room,
                                                                 const ListingKey& key) const {
  const ReadyListings* listings = directory_.rooms_[room].listings.load(std::memory_order_acquire);
  return listings == nullptr ? nullptr : listings->find(key);
}

}  // namespace gantry::domain
