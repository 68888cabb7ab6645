#include "domain/room_settings_service.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/room_service.h"
#include "domain/system_message.h"

namespace gantry::domain {
namespace {

Error refused(std::string words, std::string_view action) {
  return Error(ErrorCode::ActionNotAllowed, std::move(words))
      .with_details({{"method", "saveRoomSettings"}, {"action", action}});
}

// Every integration that names the room goes on naming it, at all places.
void rename_in_integrations(Tx& tx, const std::string& from, const std::string& to) {
  const std::string old_channel = "#" + from;
  const std::string new_channel = "#" + to;
  for (const IntegrationId& id : tx.integrations().list_with_channel(old_channel)) {
    auto integration = tx.integrations().find(id);
    if (!integration) continue;
    std::replace(integration->channels.begin(), integration->channels.end(), old_channel,
                 new_channel);
    tx.integrations().update(*integration);
  }
}

Result<void> rename(Tx& tx, Room& room, const std::string& name, const UserRef& by, Time now) {
  if (name == room.name) return Done{};
  if (tx.rooms().find_by_name(name) || tx.users().find_by_username(name)) {
    return Error(ErrorCode::DuplicateHandle,
                 "A room, team or user with name '" + name + "' already exists")
        .with_details({{"handle", name}});
  }
  const std::string before = room.name;
  room.name = name;
  room.fname = name;
  rename_in_integrations(tx, before, name);
  TRY_DO(add_system_message(tx, room, by, "r", name, now));
  return Done{};
}

// Sets one text and tells the room, when it differs.
Result<void> set_text(Tx& tx, Room& room, std::string Room::*text,
                      const std::optional<std::string>& wanted, std::string_view type,
                      const UserRef& by, Time now) {
  if (!wanted || *wanted == room.*text) return Done{};
  room.*text = *wanted;
  TRY_DO(add_system_message(tx, room, by, type, *wanted, now));
  return Done{};
}

struct FlagMessages {
  std::string_view on;
  std::string_view off;
};

Result<void> set_flag(Tx& tx, Room& room, bool Room::*flag, const std::optional<bool>& wanted,
                      const FlagMessages& types, const UserRef& by, Time now) {
  if (!wanted || *wanted == room.*flag) return Done{};
  room.*flag = *wanted;
  TRY_DO(add_system_message(tx, room, by, *wanted ? types.on : types.off, by.username, now));
  return Done{};
}

Result<void> apply(Tx& tx, Room& room, const RoomChanges& changes, const UserRef& by, Time now) {
  if (changes.name) TRY_DO(rename(tx, room, *changes.name, by, now));
  TRY_DO(set_text(tx, room, &Room::topic, changes.topic, "room_changed_topic", by, now));
  TRY_DO(set_text(tx, room, &Room::description, changes.description, "room_changed_description", by,
                  now));
  TRY_DO(set_text(tx, room, &Room::announcement, changes.announcement, "room_changed_announcement",
                  by, now));
  if (changes.custom_fields) room.custom_fields = *changes.custom_fields;
  if (changes.type && *changes.type != room.type) {
    room.type = *changes.type;
    const std::string_view word = room.type == RoomType::Channel ? "public" : "private";
    TRY_DO(add_system_message(tx, room, by, "room_changed_privacy", std::string(word), now));
  }
  TRY_DO(set_flag(tx, room, &Room::read_only, changes.read_only,
                  {"room-set-read-only", "room-removed-read-only"}, by, now));
  TRY_DO(set_flag(tx, room, &Room::react_when_read_only, changes.react_when_read_only,
                  {"room-allowed-reacting", "room-disallowed-reacting"}, by, now));
  if (changes.encrypted && *changes.encrypted != room.encrypted) {
    room.encrypted = changes.encrypted;
    TRY_DO(add_system_message(tx, room, by,
                              *changes.encrypted ? "room_e2e_enabled" : "room_e2e_disabled",
                              by.username, now));
  }
  if (changes.is_default) room.is_default = *changes.is_default;
  if (changes.join_code) room.join_code = *changes.join_code;
  if (changes.system_messages) room.system_messages = *changes.system_messages;
  return Done{};
}

}  // namespace

Result<void> RoomSettingsService::check(const Caller& caller, const Room& room,
                                        const RoomChanges& changes) const {
  const Directory& directory = context_.directory;
  const auto may = [&](Permission right) {
    return directory.has_permission(*caller.user, right, room.id);
  };
  if (!may(Permission::EditRoom)) return refused("Editing room is not allowed", "Editing_room");
  if (changes.name) {
    if (room.type == RoomType::Direct) return Error(ErrorCode::NotAllowed);
    TRY_DO(check_room_name(*directory.settings(), *changes.name));
  }
  if (changes.type && *changes.type != room.type) {
    if (room.type == RoomType::Direct) return Error(ErrorCode::DirectRoom);
    const bool to_channel = *changes.type == RoomType::Channel;
    if (!may(to_channel ? Permission::CreateC : Permission::CreateP)) {
      return refused(to_channel ? "Changing a private group to a public channel is not allowed"
                                : "Changing a public channel to a private room is not allowed",
                     "Change_Room_Type");
    }
    if (!to_channel && (room.is_default || changes.is_default.value_or(false))) {
      return refused("A default room cannot be private", "Change_Room_Type");
    }
  }
  if ((changes.read_only || changes.react_when_read_only) && room.broadcast) {
    return refused("Editing readOnly/reactWhenReadOnly are not allowed for broadcast rooms",
                   "Editing_room");
  }
  if (changes.read_only && !may(Permission::SetReadonly)) {
    return refused("Editing readOnly is not allowed", "Editing_room");
  }
  if (changes.react_when_read_only && !may(Permission::SetReactWhenReadonly)) {
    return refused("Editing reactWhenReadOnly is not allowed", "Editing_room");
  }
  if (changes.is_default && !may(Permission::ViewRoomAdministration)) {
    return refused("Viewing room administration is not allowed", "Viewing_room_administration");
  }
  if (changes.is_default.value_or(false) && room.type != RoomType::Channel) {
    return refused("A default room cannot be private", "Viewing_room_administration");
  }
  if (changes.encrypted) {
    if (!may(Permission::ToggleRoomE2eEncryption) || room.type == RoomType::Channel) {
      return refused("Only groups or direct channels can enable encryption",
                     "Change_Room_Encrypted");
    }
  }
  return Done{};
}

Task<void> RoomSettingsService::save(Caller caller, std::shared_ptr<const Room> wanted,
                                     RoomChanges changes) {
  CO_TRY_DO(check(caller, *wanted, changes));
  const UserRef by = to_ref(*caller.user);
  const RoomId id = wanted->id;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [by, id, changes, now](Tx& tx) -> Result<void> {
    std::optional<Room> room = tx.rooms().find(id);
    if (!room) return Error(ErrorCode::InvalidRoom);
    TRY_DO(apply(tx, *room, changes, by, now));
    room->updated_at = now;
    tx.rooms().update(*room);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> RoomSettingsService::set_direct_topic(Caller caller, std::shared_ptr<const Room> wanted,
                                                 std::string topic) {
  if (!context_.directory.is_member(caller.id(), wanted->id)) co_return Error(ErrorCode::Refused);
  RoomChanges changes;
  changes.topic = std::move(topic);
  const UserRef by = to_ref(*caller.user);
  const RoomId id = wanted->id;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [by, id, changes, now](Tx& tx) -> Result<void> {
    std::optional<Room> room = tx.rooms().find(id);
    if (!room) return Error(ErrorCode::InvalidRoom);
    TRY_DO(apply(tx, *room, changes, by, now));
    room->updated_at = now;
    tx.rooms().update(*room);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

}  // namespace gantry::domain
