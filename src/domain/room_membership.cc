#include "domain/room_membership.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/system_message.h"

namespace gantry::domain {
namespace {

Result<void> check_capacity(const Directory& directory) {
  const std::int64_t limit = directory.settings()->get_int(Setting::MembershipsMax);
  if (static_cast<std::int64_t>(directory.membership_count()) >= limit) {
    return Error(ErrorCode::CapacityReached, "This server holds as many memberships as it may");
  }
  return Done{};
}

Subscription make_subscription(const Room& room, const User& user, Time now) {
  Subscription out;
  out.id = new_id<SubscriptionId>();
  out.room = room.id;
  out.user = user.id;
  out.joined_at = out.updated_at = now;
  return out;
}

bool holds(const Subscription& subscription, std::string_view role) {
  const auto& roles = subscription.roles;
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

Room make_direct_room(const std::vector<std::shared_ptr<const User>>& members, Time now) {
  Room room;
  room.type = RoomType::Direct;
  for (const auto& member : members) {
    room.member_ids.push_back(member->id);
    room.member_names.push_back(member->username);
  }
  std::sort(room.member_ids.begin(), room.member_ids.end());
  std::sort(room.member_names.begin(), room.member_names.end());
  room.id = members.size() == 2 ? RoomId{room.member_ids[0].text + room.member_ids[1].text}
                                : new_id<RoomId>();
  room.created_at = room.updated_at = now;
  return room;
}

}  // namespace

Result<void> join_in(Tx& tx, const Directory& directory, const Room& room, const User& user,
                     Time now, Announce announce, const User* added_by) {
  if (tx.subscriptions().find(room.id, user.id)) return Done{};
  TRY_DO(check_capacity(directory));
  tx.subscriptions().insert(make_subscription(room, user, now));
  switch (announce) {
    case Announce::Join:
      TRY_DO(add_system_message(tx, room, to_ref(user), room.is_discussion() ? "ut" : "uj",
                                user.username, now));
      break;
    case Announce::Added:
      TRY_DO(add_system_message(tx, room, to_ref(added_by != nullptr ? *added_by : user), "au",
                                user.username, now));
      break;
    case Announce::Silent:
      break;
  }
  return tx.record(
      RoomJoined{std::make_shared<const Room>(room), std::make_shared<const User>(user)});
}

Result<void> found_in(Tx& tx, const Directory& directory, const Room& room, const User& user,
                      Time now, Founder founder) {
  if (tx.subscriptions().find(room.id, user.id)) return Done{};
  TRY_DO(check_capacity(directory));
  Subscription subscription = make_subscription(room, user, now);
  if (founder == Founder::Owner) {
    subscription.roles = {std::string(kOwnerRole)};
    subscription.last_seen = now;
  }
  tx.subscriptions().insert(subscription);
  return Done{};
}

Result<void> leave_in(Tx& tx, const Room& room, const User& user, Time now,
                      const User* removed_by) {
  const auto subscription = tx.subscriptions().find(room.id, user.id);
  if (!subscription) return Error(ErrorCode::UserNotInRoom);
  if (holds(*subscription, kOwnerRole) && tx.subscriptions().count_owners(room.id) == 1) {
    return Error(ErrorCode::LastOwner);
  }
  if (removed_by != nullptr) {
    TRY_DO(add_system_message(tx, room, to_ref(*removed_by), "ru", user.username, now));
  } else {
    TRY_DO(add_system_message(tx, room, to_ref(user), "ul", user.username, now));
  }
  tx.subscriptions().remove(room.id, user.id);
  if (room.type == RoomType::Direct) {
    // The room no longer belongs to exactly the accounts that its members say.
    Room left = room;
    std::erase(left.member_ids, user.id);
    std::erase(left.member_names, user.username);
    left.updated_at = now;
    tx.rooms().update(left);
  }
  return tx.record(
      RoomLeft{std::make_shared<const Room>(room), std::make_shared<const User>(user)});
}

std::optional<Room> find_direct_room(const Tx& tx, std::vector<UserId> members) {
  if (members.empty()) return std::nullopt;
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  if (members.size() == 2) {
    auto room = tx.rooms().find(RoomId{members[0].text + members[1].text});
    if (room) return room;
  }
  for (const Subscription& subscription : tx.subscriptions().list_of_user(members.front())) {
    auto room = tx.rooms().find(subscription.room);
    if (room && room->type == RoomType::Direct && room->member_ids == members) return room;
  }
  return std::nullopt;
}

Result<Room> ensure_direct_room(Tx& tx, const Directory& directory,
                                std::vector<std::shared_ptr<const User>> members, Time now) {
  std::vector<UserId> ids;
  std::vector<std::shared_ptr<const User>> unique;
  for (const auto& member : members) {
    if (std::find(ids.begin(), ids.end(), member->id) != ids.end()) continue;
    ids.push_back(member->id);
    unique.push_back(member);
  }
  if (unique.empty()) return Error(ErrorCode::InvalidUser);
  const std::int64_t most = directory.settings()->get_int(Setting::DirectMessageMaxUsers);
  if (unique.size() > 2 && static_cast<std::int64_t>(unique.size()) > most) {
    return Error(ErrorCode::DirectMessageMaxUsers,
                 "You cannot add more than " + std::to_string(most) +
                     " users, including yourself to a direct message");
  }
  std::optional<Room> room = find_direct_room(tx, ids);
  if (!room) {
    room = make_direct_room(unique, now);
    tx.rooms().insert(*room);
  }
  for (const auto& member : unique) {
    auto subscription = tx.subscriptions().find(room->id, member->id);
    const bool opens = member == unique.front();
    if (!subscription) {
      TRY_DO(check_capacity(directory));
      subscription = make_subscription(*room, *member, now);
      subscription->open = opens;
      tx.subscriptions().insert(*subscription);
    } else if (opens && !subscription->open) {
      subscription->open = true;
      subscription->updated_at = now;
      tx.subscriptions().update(*subscription);
    }
  }
  return *room;
}

}  // namespace gantry::domain
