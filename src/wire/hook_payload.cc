#include "wire/hook_payload.h"

#include "wire/message_json.h"
#include "wire/room_json.h"
#include "wire/user_json.h"

namespace gantry::wire {
namespace {

using domain::HookEvent;

void put_channel(json::object& out, const domain::Room& room) {
  out["channel_id"] = room.id.text;
  if (!room.name.empty()) out["channel_name"] = room.name;
}

void put_user(json::object& out, const domain::User& user) {
  out["user_id"] = user.id.text;
  out["user_name"] = user.username;
}

// Blocks A and A'.
void put_message(json::object& out, const HookFacts& facts, const domain::Directory& directory) {
  const domain::Message& message = *facts.message;
  put_channel(out, *facts.room);
  out["message_id"] = message.id.text;
  out["timestamp"] = to_iso(message.sent_at);
  out["user_id"] = message.author.id.text;
  out["user_name"] = message.author.username;
  out["text"] = message.text;
  if (facts.event == HookEvent::SendMessage) out["siteUrl"] = facts.site_url;
  if (!message.alias.empty()) out["alias"] = message.alias;
  if (!message.posted_by.empty() || !message.bot.is_null()) out["bot"] = true;
  if (facts.event == HookEvent::SendMessage) {
    if (facts.edited) out["isEdited"] = true;
    if (!message.thread.empty()) out["tmid"] = message.thread.text;
    return;
  }
  if (facts.user) out["user"] = to_json(*facts.user, UserView::Full);
  out["room"] = to_json(*facts.room, directory);
  out["message"] = to_json(message);
}

// Block B.
void put_room_act(json::object& out, const HookFacts& facts, const domain::Directory& directory) {
  out["timestamp"] = to_iso(facts.happened_at);
  put_channel(out, *facts.room);
  put_user(out, *facts.user);
  out["user"] = to_json(*facts.user, UserView::Full);
  out["room"] = to_json(*facts.room, directory);
  if (facts.user->type == "bot") out["bot"] = true;
}

// Block C.
void put_room_created(json::object& out, const HookFacts& facts,
                      const domain::Directory& directory) {
  put_channel(out, *facts.room);
  out["timestamp"] = to_iso(facts.room->created_at);
  put_user(out, *facts.user);
  out["owner"] = to_json(*facts.user, UserView::Full);
  out["room"] = to_json(*facts.room, directory);
}

// Block D.
void put_user_created(json::object& out, const HookFacts& facts) {
  out["timestamp"] = to_iso(facts.user->created_at);
  put_user(out, *facts.user);
  out["user"] = to_json(*facts.user, UserView::Full);
  if (facts.user->type == "bot") out["bot"] = true;
}

}  // namespace

json::object to_hook_payload(const HookFacts& facts, const domain::Directory& directory,
                             const std::optional<std::string>& token,
                             std::string_view trigger_word) {
  json::object out;
  if (token) out["token"] = *token;
  out["bot"] = false;
  if (!trigger_word.empty()) out["trigger_word"] = trigger_word;
  switch (facts.event) {
    case HookEvent::SendMessage:
    case HookEvent::FileUploaded:
      put_message(out, facts, directory);
      break;
    case HookEvent::RoomArchived:
    case HookEvent::RoomJoined:
    case HookEvent::RoomLeft:
      put_room_act(out, facts, directory);
      break;
    case HookEvent::RoomCreated:
      put_room_created(out, facts, directory);
      break;
    case HookEvent::UserCreated:
      put_user_created(out, facts);
      break;
  }
  return out;
}

}  // namespace gantry::wire
