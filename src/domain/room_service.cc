#include "domain/room_service.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/name_pattern.h"
#include "domain/room_access.h"
#include "domain/room_membership.h"
#include "domain/system_message.h"

namespace gantry::domain {
namespace {

// More members than this are added afterwards, in several requests.
constexpr std::size_t kFirstMembersMax = 1000;

std::string trimmed(const std::string& text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

Result<void> check_name_is_free(const Tx& tx, const std::string& name) {
  const auto taken = tx.rooms().find_by_name(name);
  if (!taken) return Done{};
  if (taken->archived) {
    return Error(ErrorCode::ArchivedDuplicateName, "There's an archived channel with name " + name)
        .with_details({{"channel_name", name}});
  }
  return Error(ErrorCode::DuplicateChannelName, "A channel with name '" + name + "' exists")
      .with_details({{"channel_name", name}});
}

Permission delete_right(RoomType type) {
  switch (type) {
    case RoomType::Channel:
      return Permission::DeleteC;
    case RoomType::Group:
      return Permission::DeleteP;
    case RoomType::Direct:
      return Permission::DeleteD;
  }
  return Permission::DeleteD;
}

}  // namespace

Result<void> check_room_name(const Settings& settings, std::string_view name) {
  if (is_blank(name)) return Error(ErrorCode::InvalidName);
  if (!fits_name_pattern(settings.get_text(Setting::ChannelNamePattern), name)) {
    return Error(ErrorCode::InvalidRoomName, std::string(name) + " is not a valid room name.")
        .with_details({{"channel_name", name}});
  }
  return Done{};
}

Result<void> RoomService::check_creation(const Caller& caller, const NewRoom& wanted) const {
  const bool is_channel = wanted.type == RoomType::Channel;
  if (!context_.directory.has_permission(*caller.user,
                                         is_channel ? Permission::CreateC : Permission::CreateP)) {
    return is_channel ? ErrorCode::Refused : ErrorCode::NotAllowed;
  }
  if (wanted.members.size() > kFirstMembersMax) {
    return Error(ErrorCode::CapacityReached, "A room can be made with at most " +
                                                 std::to_string(kFirstMembersMax) + " members");
  }
  return check_room_name(*context_.directory.settings(), wanted.name);
}

Task<RoomId> RoomService::create(Caller caller, NewRoom wanted) {
  wanted.name = trimmed(wanted.name);
  CO_TRY_DO(check_creation(caller, wanted));
  Room room;
  room.id = new_id<RoomId>();
  room.type = wanted.type;
  room.name = wanted.name;
  room.fname = wanted.name;
  room.creator = to_ref(*caller.user);
  room.topic = wanted.topic;
  room.broadcast = wanted.broadcast;
  room.read_only = wanted.read_only || wanted.broadcast;
  if (wanted.encrypted) room.encrypted = true;
  room.custom_fields = wanted.custom_fields;
  room.created_at = room.updated_at = context_.clock.now();

  std::vector<std::shared_ptr<const User>> members;
  for (const std::string& username : wanted.members) {
    const auto user = context_.directory.find_user_by_name(username);
    if (user && user->id != caller.id()) members.push_back(user);
  }
  const auto owner = wanted.without_creator ? nullptr : caller.user;
  const auto creator = caller.user;
  const Directory& directory = context_.directory;
  const std::function<Result<void>(Tx&)> work = [&directory, room, members, owner,
                                                 creator](Tx& tx) -> Result<void> {
    TRY_DO(check_name_is_free(tx, room.name));
    tx.rooms().insert(room);
    if (owner) TRY_DO(found_in(tx, directory, room, *owner, room.created_at, Founder::Owner));
    for (const auto& member : members) {
      TRY_DO(found_in(tx, directory, room, *member, room.created_at, Founder::Member));
    }
    return tx.record(RoomCreated{std::make_shared<const Room>(room), creator});
  };
  CO_TRY_DO(co_await context_.store.write<void>(work));
  co_return room.id;
}

Task<RoomId> RoomService::open_direct(Caller caller, NewDirectRoom wanted) {
  const Directory& directory = context_.directory;
  std::vector<std::shared_ptr<const User>> members;
  if (!wanted.without_creator) members.push_back(caller.user);
  std::vector<UserId> ids;
  for (const std::string& username : wanted.usernames) {
    auto user = directory.find_user_by_name(username);
    if (!user) co_return Error(ErrorCode::InvalidUser);
    members.push_back(std::move(user));
  }
  for (const auto& member : members) ids.push_back(member->id);
  if (!directory.has_permission(*caller.user, Permission::CreateD)) {
    co_return Error(ErrorCode::NotAllowed);
  }
  if (wanted.without_creator &&
      (wanted.usernames.size() < 2 ||
       !directory.has_permission(*caller.user, Permission::ViewRoomAdministration))) {
    co_return Error(ErrorCode::NotAllowed);
  }
  // Without the right to see people outside, only rooms that are there already may be opened.
  const bool may_meet = directory.has_permission(*caller.user, Permission::ViewOutsideRoom);
  const Time now = context_.clock.now();
  const std::function<Result<RoomId>(Tx&)> work = [&directory, members, ids, may_meet,
                                                   now](Tx& tx) -> Result<RoomId> {
    if (!may_meet && !find_direct_room(tx, ids)) return Error(ErrorCode::NotAllowed);
    TRY(const Room room, ensure_direct_room(tx, directory, members, now));
    return room.id;
  };
  co_return co_await context_.store.write<RoomId>(work);
}

Task<void> RoomService::archive(Caller caller, std::shared_ptr<const Room> wanted) {
  if (!context_.directory.has_permission(*caller.user, Permission::ArchiveRoom, wanted->id)) {
    co_return Error(ErrorCode::NotAuthorizedDash);
  }
  if (wanted->type == RoomType::Direct) co_return Error(ErrorCode::DirectMessageRoom);
  const auto user = caller.user;
  const RoomId id = wanted->id;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [user, id, now](Tx& tx) -> Result<void> {
    std::optional<Room> room = tx.rooms().find(id);
    if (!room) return Error(ErrorCode::InvalidRoom);
    if (room->archived) return Done{};
    room->archived = true;
    room->updated_at = now;
    tx.rooms().update(*room);
    TRY_DO(add_system_message(tx, *room, to_ref(*user), "room-archived", "", now));
    return tx.record(RoomArchived{std::make_shared<const Room>(*room), user});
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> RoomService::unarchive(Caller caller, std::shared_ptr<const Room> wanted) {
  if (!context_.directory.has_permission(*caller.user, Permission::UnarchiveRoom, wanted->id)) {
    co_return Error(ErrorCode::NotAuthorizedDash);
  }
  const UserRef user = to_ref(*caller.user);
  const RoomId id = wanted->id;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [user, id, now](Tx& tx) -> Result<void> {
    std::optional<Room> room = tx.rooms().find(id);
    if (!room) return Error(ErrorCode::InvalidRoom);
    if (!room->archived) return Done{};
    room->archived = false;
    room->updated_at = now;
    tx.rooms().update(*room);
    TRY_DO(add_system_message(tx, *room, user, "room-unarchived", "", now));
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> RoomService::remove(Caller caller, std::shared_ptr<const Room> wanted) {
  const Directory& directory = context_.directory;
  const bool sees = wanted->type != RoomType::Direct ||
                    directory.is_member(caller.id(), wanted->id) ||
                    directory.has_permission(*caller.user, Permission::ViewRoomAdministration);
  if (!sees || !directory.has_permission(*caller.user, delete_right(wanted->type), wanted->id)) {
    co_return Error(ErrorCode::NotAllowed);
  }
  const RoomId id = wanted->id;
  const std::function<Result<void>(Tx&)> work = [id](Tx& tx) -> Result<void> {
    tx.rooms().remove(id);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

}  // namespace gantry::domain
