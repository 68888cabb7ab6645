#include "domain/account_removal.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/system_message.h"

namespace gantry::domain {
namespace {

constexpr std::string_view kGeneralRoom = "GENERAL";
constexpr std::string_view kStandIn = "rocket.cat";
constexpr std::string_view kRemovedName = "Removed User";

struct SoleRoom {
  Room room;
  std::optional<Subscription> heir;  // without one the room goes
};

bool owns(const Subscription& subscription) {
  return std::find(subscription.roles.begin(), subscription.roles.end(), kOwnerRole) !=
         subscription.roles.end();
}

std::optional<Subscription> find_heir(const Tx& tx, const RoomId& room, const UserId& leaver) {
  std::optional<Subscription> heir;
  for (Subscription& member : tx.subscriptions().list_of_room(room)) {
    if (member.user == leaver || (heir && heir->joined_at <= member.joined_at)) continue;
    const auto user = tx.users().find(member.user);
    if (user && user->active && user->type == "user") heir = std::move(member);
  }
  return heir;
}

std::vector<SoleRoom> list_sole_rooms(const Tx& tx, const UserId& user) {
  std::vector<SoleRoom> out;
  for (const Subscription& subscription : tx.subscriptions().list_of_user(user)) {
    auto room = tx.rooms().find(subscription.room);
    if (!room || room->type == RoomType::Direct || room->id.text == kGeneralRoom) continue;
    if (owns(subscription)) {
      if (tx.subscriptions().count_owners(room->id) > 1) continue;
      auto heir = find_heir(tx, room->id, user);
      out.push_back({*std::move(room), std::move(heir)});
    } else if (room->type == RoomType::Group && tx.subscriptions().count_members(room->id) == 1) {
      out.push_back({*std::move(room), std::nullopt});
    }
  }
  return out;
}

Error last_owner(const std::vector<SoleRoom>& rooms) {
  json::array change;
  json::array remove;
  for (const SoleRoom& sole : rooms) {
    (sole.heir ? change : remove).emplace_back(sole.room.name);
  }
  return Error(ErrorCode::UserLastOwner)
      .with_details(
          {{"shouldChangeOwner", std::move(change)}, {"shouldBeRemoved", std::move(remove)}});
}

// Who leaves stays an owner beside the heir, and is one again when the account comes back.
Result<void> hand_over(Tx& tx, const SoleRoom& sole, Time now) {
  Subscription heir = *sole.heir;
  heir.roles.emplace_back(kOwnerRole);
  heir.updated_at = now;
  tx.subscriptions().update(heir);
  const auto next = tx.users().find(heir.user);
  if (!next) return Done{};
  TRY_DO(add_system_message(tx, sole.room, to_ref(*next), "subscription-role-added", next->username,
                            now, std::string(kOwnerRole)));
  return Done{};
}

std::vector<Room> list_direct_rooms(const Tx& tx, const UserId& user) {
  std::vector<Room> out;
  for (const Subscription& subscription : tx.subscriptions().list_of_user(user)) {
    auto room = tx.rooms().find(subscription.room);
    if (room && room->type == RoomType::Direct) out.push_back(*std::move(room));
  }
  return out;
}

void leave_direct_rooms(Tx& tx, const User& user, Time now) {
  for (Room& room : list_direct_rooms(tx, user.id)) {
    if (room.member_ids.size() <= 2) {
      tx.rooms().remove(room.id);
      continue;
    }
    std::erase(room.member_ids, user.id);
    std::erase(room.member_names, user.username);
    room.updated_at = now;
    tx.rooms().update(room);
  }
}

void disable_integrations(Tx& tx, const UserId& user, Time now) {
  for (const IntegrationId& id : tx.integrations().list_posting_as(user)) {
    auto integration = tx.integrations().find(id);
    if (!integration || !integration->enabled) continue;
    integration->enabled = false;
    integration->updated_at = now;
    tx.integrations().update(*integration);
  }
}

}  // namespace

Result<void> check_not_last_admin(const Tx& tx, const User& user) {
  if (user.active && user.has_role(kAdminRole) && tx.users().count_admins() <= 1) {
    return Error(ErrorCode::ActionNotAllowed, "Leaving the app without admins is not allowed");
  }
  return Done{};
}

Result<std::vector<RoomId>> relinquish_rooms(Tx& tx, const User& user, Relinquish relinquish,
                                             Time now) {
  const std::vector<SoleRoom> rooms = list_sole_rooms(tx, user.id);
  if (!rooms.empty() && relinquish == Relinquish::Refused) return last_owner(rooms);
  std::vector<RoomId> removed;
  for (const SoleRoom& sole : rooms) {
    if (sole.heir) {
      TRY_DO(hand_over(tx, sole, now));
      continue;
    }
    tx.rooms().remove(sole.room.id);
    removed.push_back(sole.room.id);
  }
  return removed;
}

void remove_tokens(Tx& tx, const UserId& user) {
  for (const Token& token : tx.users().list_tokens(user)) tx.users().remove_token(token.hash);
}

void set_direct_rooms_writable(Tx& tx, const User& user, Time now) {
  for (Room& room : list_direct_rooms(tx, user.id)) {
    if (room.member_ids.size() != 2) continue;
    const bool all_active =
        std::all_of(room.member_ids.begin(), room.member_ids.end(), [&](const UserId& id) {
          const auto member = id == user.id ? std::optional<User>(user) : tx.users().find(id);
          return member && member->active;
        });
    if (room.read_only == !all_active) continue;
    room.read_only = !all_active;
    room.updated_at = now;
    tx.rooms().update(room);
  }
}

void erase_account(Tx& tx, const User& user, std::string_view erasure, Time now) {
  if (erasure == "Delete") {
    tx.messages().remove_of_author(user.id);
  } else if (erasure == "Unlink") {
    const UserRef stand_in{UserId{kStandIn}, std::string(kStandIn), "Rocket.Cat"};
    tx.messages().give_to_author(user.id, stand_in, kRemovedName);
  }
  leave_direct_rooms(tx, user, now);
  disable_integrations(tx, user.id, now);
  tx.users().remove(user.id);
}

}  // namespace gantry::domain
