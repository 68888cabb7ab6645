#include "wire/room_json.h"

#include <algorithm>

#include "wire/message_json.h"
#include "wire/user_json.h"

namespace gantry::wire {
namespace {

using domain::Room;
using domain::RoomType;

void put_text(json::object& out, std::string_view key, const std::string& text) {
  if (!text.empty()) out[key] = text;
}

void put_list(json::object& out, std::string_view key, const std::vector<std::string>& list) {
  if (!list.empty()) out[key] = json::array(list.begin(), list.end());
}

// Accounts may have been renamed since the room was made.
void put_members(json::object& out, const Room& room, const domain::Directory& directory) {
  json::array ids;
  std::vector<std::string> names;
  for (const domain::UserId& id : room.member_ids) {
    ids.emplace_back(id.text);
    if (const auto user = directory.find_user(id)) names.push_back(user->username);
  }
  if (names.size() != room.member_ids.size()) names = room.member_names;
  std::sort(names.begin(), names.end());
  out["uids"] = std::move(ids);
  out["usernames"] = json::array(names.begin(), names.end());
}

template <class T>
json::value or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::value or_null(const std::optional<Time>& value) {
  return value ? json::value(to_iso(*value)) : json::value(nullptr);
}

}  // namespace

std::string_view to_text(RoomType type) {
  switch (type) {
    case RoomType::Channel:
      return "c";
    case RoomType::Group:
      return "p";
    case RoomType::Direct:
      return "d";
  }
  return "";
}

json::object to_json(const Room& room, const domain::Directory& directory) {
  json::object out{{"_id", room.id.text}, {"t", to_text(room.type)}};
  const bool direct = room.type == RoomType::Direct;
  put_text(out, "name", room.name);
  put_text(out, "fname", room.fname);
  if (room.creator) out["u"] = to_json(*room.creator);
  out["usersCount"] = directory.member_count(room.id);
  out["ts"] = to_iso(room.created_at);
  put_text(out, "topic", room.topic);
  put_text(out, "description", room.description);
  put_text(out, "announcement", room.announcement);
  if (direct) {
    put_members(out, room, directory);
  } else {
    out["ro"] = room.read_only;
    out["default"] = room.is_default;
    out["customFields"] = room.custom_fields;
    // Compat: by default the room shows its system messages unless it is read only, as the flag has
    // it (tests/api/channels_test.mjs).
    out["sysMes"] =
        room.system_messages.is_null() ? json::value(!room.read_only) : room.system_messages;
  }
  if (!room.join_code.empty()) out["joinCodeRequired"] = true;
  if (room.react_when_read_only) out["reactWhenReadOnly"] = true;
  if (room.archived) out["archived"] = true;
  if (room.broadcast) out["broadcast"] = true;
  if (room.encrypted) out["encrypted"] = *room.encrypted;
  put_list(out, "muted", room.muted);
  put_list(out, "unmuted", room.unmuted);
  if (room.is_discussion()) out["prid"] = room.parent.text;
  out["_updatedAt"] = to_iso(room.updated_at);
  return out;
}

json::object to_json(const domain::RoomView& view, const domain::Directory& directory) {
  json::object out = to_json(*view.room, directory);
  out["msgs"] = view.activity.message_count;
  if (view.activity.last_message_at) out["lm"] = to_iso(*view.activity.last_message_at);
  if (view.last_message) out["lastMessage"] = to_json(*view.last_message);
  out["_updatedAt"] = to_iso(view.changed_at());
  return out;
}

json::object to_member_json(const domain::User& user) {
  json::object out = to_json(user, UserView::Limited);
  for (const std::string_view key : {"type", "active", "reason", "bio"}) out.erase(key);
  out["_updatedAt"] = to_iso(user.updated_at);
  return out;
}

json::object to_json(const domain::RoomCounters& counters) {
  return {{"joined", counters.joined},
          {"members", or_null(counters.members)},
          {"unreads", or_null(counters.unreads)},
          {"unreadsFrom", or_null(counters.unreads_from)},
          {"msgs", or_null(counters.messages)},
          {"latest", or_null(counters.latest)},
          {"userMentions", or_null(counters.user_mentions)}};
}

json::object to_json(const domain::RoleHolder& holder, const domain::RoomId& room) {
  return {{"_id", room.text + holder.user->id.text},
          {"rid", room.text},
          {"u",
           {{"_id", holder.user->id.text},
            {"username", holder.user->username},
            {"name", holder.user->name}}},
          {"roles", json::array(holder.roles.begin(), holder.roles.end())}};
}

}  // namespace gantry::wire
