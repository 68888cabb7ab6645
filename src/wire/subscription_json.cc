#include "wire/subscription_json.h"

#include <algorithm>

#include "wire/room_json.h"

namespace gantry::wire {
namespace {

using domain::Subscription;

const std::string& shown_name(const domain::User& user) {
  return user.name.empty() ? user.username : user.name;
}

// A direct room has no name of its own: each member sees the others'.
void put_direct_names(json::object& out, const domain::SubscriptionView& view,
                      const domain::Directory& directory) {
  const bool alone = view.room->member_ids.size() == 1;
  std::vector<std::shared_ptr<const domain::User>> others;
  for (const domain::UserId& id : view.room->member_ids) {
    if (id == view.subscription.user && !alone) continue;
    if (auto user = directory.find_user(id)) others.push_back(std::move(user));
  }
  std::sort(others.begin(), others.end(), [](const auto& a, const auto& b) {
    return domain::to_lower(shown_name(*a)) < domain::to_lower(shown_name(*b));
  });
  // Compat: usernames are joined by a comma, names by a comma and a space (tests/api/im_test.mjs).
  std::string usernames;
  std::string names;
  for (const auto& user : others) {
    if (!usernames.empty()) {
      usernames += ",";
      names += ", ";
    }
    usernames += user->username;
    names += shown_name(*user);
  }
  out["name"] = usernames;
  out["fname"] = names;
}

}  // namespace

json::object to_json(const domain::SubscriptionView& view, const domain::Directory& directory) {
  const Subscription& own = view.subscription;
  const domain::Room& room = *view.room;
  json::object out{{"_id", own.id.text}, {"rid", own.room.text}, {"t", to_text(room.type)}};
  if (room.type == domain::RoomType::Direct) {
    put_direct_names(out, view, directory);
  } else {
    out["name"] = room.name;
    if (!room.fname.empty()) out["fname"] = room.fname;
  }
  json::object owner{{"_id", own.user.text}};
  if (const auto user = directory.find_user(own.user)) {
    owner["username"] = user->username;
    if (!user->name.empty()) owner["name"] = user->name;
  }
  out["u"] = std::move(owner);
  out["ts"] = to_iso(own.joined_at);
  if (own.last_seen) out["ls"] = to_iso(*own.last_seen);
  if (own.last_reply) out["lr"] = to_iso(*own.last_reply);
  out["open"] = own.open;
  out["alert"] = view.alert;
  out["unread"] = view.unread;
  out["userMentions"] = own.user_mentions;
  out["groupMentions"] = own.group_mentions;
  if (own.favorite) out["f"] = true;
  if (!own.roles.empty()) out["roles"] = json::array(own.roles.begin(), own.roles.end());
  if (room.archived) out["archived"] = true;
  if (room.is_discussion()) out["prid"] = room.parent.text;
  if (room.broadcast) out["broadcast"] = true;
  if (room.encrypted) out["encrypted"] = *room.encrypted;
  if (own.blocked) out["blocked"] = true;
  if (own.blocker) out["blocker"] = true;
  for (const auto& choice : own.preferences) out[choice.key()] = choice.value();
  if (!room.custom_fields.empty()) out["customFields"] = room.custom_fields;
  out["_updatedAt"] = to_iso(view.changed_at);
  return out;
}

}  // namespace gantry::wire
