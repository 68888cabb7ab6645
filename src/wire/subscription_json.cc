#include "wire/subscription_json.h"

#include "wire/room_json.h"

namespace gantry::wire {
namespace {

using domain::Subscription;

// A direct room has no name of its own: each member sees the others'.
void put_direct_names(json::object& out, const domain::SubscriptionView& view,
                      const domain::Directory& directory) {
  std::string usernames;
  std::string names;
  for (const domain::UserId& id : view.room->member_ids) {
    const bool alone = view.room->member_ids.size() == 1;
    if (id == view.subscription.user && !alone) continue;
    const auto user = directory.find_user(id);
    if (!user) continue;
    if (!usernames.empty()) {
      usernames += ", ";
      names += ", ";
    }
    usernames += user->username;
    names += user->name.empty() ? user->username : user->name;
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
  out["open"] = view.open;
  out["alert"] = view.alert;
  out["unread"] = view.unread;
  out["userMentions"] = own.user_mentions;
  out["groupMentions"] = own.group_mentions;
  if (own.favorite) out["f"] = true;
  if (!own.roles.empty()) out["roles"] = json::array(own.roles.begin(), own.roles.end());
  if (room.archived) out["archived"] = true;
  if (room.is_discussion()) out["prid"] = room.parent.text;
  if (room.broadcast) out["broadcast"] = true;
  if (room.encrypted) out["encrypted"] = true;
  if (own.blocked) out["blocked"] = true;
  if (own.blocker) out["blocker"] = true;
  for (const auto& choice : own.preferences) out[choice.key()] = choice.value();
  if (!room.custom_fields.empty()) out["customFields"] = room.custom_fields;
  out["_updatedAt"] = to_iso(view.changed_at);
  return out;
}

}  // namespace gantry::wire
