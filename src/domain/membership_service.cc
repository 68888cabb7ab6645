#include "domain/membership_service.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "domain/room_membership.h"

namespace gantry::domain {
namespace {

constexpr std::size_t kAddAllUsersMax = 500;

// A direct room of two belongs to both for ever.
bool may_be_left(const Room& room) {
  return room.type != RoomType::Direct || room.member_ids.size() > 2;
}

}  // namespace

bool MembershipService::may_invite(const Caller& caller, const Room& room) const {
  const Directory& directory = context_.directory;
  if (room.type == RoomType::Direct) return false;
  if (directory.has_permission(*caller.user, room.type == RoomType::Channel
                                                 ? Permission::AddUserToAnyCRoom
                                                 : Permission::AddUserToAnyPRoom)) {
    return true;
  }
  return directory.is_member(caller.id(), room.id) &&
         directory.has_permission(*caller.user, Permission::AddUserToJoinedRoom, room.id);
}

Task<void> MembershipService::invite(Caller caller, std::shared_ptr<const Room> room,
                                     std::vector<std::shared_ptr<const User>> users) {
  if (!may_invite(caller, *room)) co_return Error(ErrorCode::NotAllowed);
  const Directory& directory = context_.directory;
  const auto by = caller.user;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [&directory, room, users, by,
                                                 now](Tx& tx) -> Result<void> {
    const auto current = tx.rooms().find(room->id);
    if (!current) return Error(ErrorCode::InvalidRoom);
    for (const auto& user : users) {
      TRY_DO(join_in(tx, directory, *current, *user, now,
                     user->id == by->id ? Announce::Join : Announce::Added, by.get()));
    }
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> MembershipService::add_all(Caller caller, std::shared_ptr<const Room> room,
                                      AddAll whom) {
  const Directory& directory = context_.directory;
  if (!directory.has_permission(*caller.user, Permission::AddAllToRoom)) {
    co_return Error(ErrorCode::NotAllowed);
  }
  std::vector<std::shared_ptr<const User>> users;
  for (const auto& user : directory.list_users()) {
    const bool wanted = user->type != "app" && (user->active || whom == AddAll::Everyone);
    if (wanted) users.push_back(user);
  }
  if (users.size() > kAddAllUsersMax) co_return Error(ErrorCode::UserLimitExceeded);
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [&directory, room, users,
                                                 now](Tx& tx) -> Result<void> {
    const auto current = tx.rooms().find(room->id);
    if (!current) return Error(ErrorCode::InvalidRoom);
    for (const auto& user : users) {
      TRY_DO(join_in(tx, directory, *current, *user, now, Announce::Join));
    }
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> MembershipService::join(Caller caller, std::shared_ptr<const Room> room,
                                   std::optional<std::string> join_code) {
  const Directory& directory = context_.directory;
  const bool open_to_all = room->type == RoomType::Channel || room->is_discussion();
  if (!can_access(directory, *caller.user, *room) ||
      !(open_to_all || directory.is_member(caller.id(), room->id))) {
    co_return Error(ErrorCode::NotAllowed);
  }
  const bool asks_code = !room->join_code.empty() && !directory.is_member(caller.id(), room->id) &&
                         !directory.has_permission(*caller.user, Permission::JoinWithoutJoinCode);
  if (asks_code) {
    if (!join_code || join_code->empty()) co_return Error(ErrorCode::CodeRequired);
    if (*join_code != room->join_code) co_return Error(ErrorCode::CodeInvalid);
  }
  const auto user = caller.user;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [&directory, room, user,
                                                 now](Tx& tx) -> Result<void> {
    const auto current = tx.rooms().find(room->id);
    if (!current) return Error(ErrorCode::InvalidRoom);
    return join_in(tx, directory, *current, *user, now, Announce::Join);
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> MembershipService::leave(Caller caller, std::shared_ptr<const Room> room) {
  const Directory& directory = context_.directory;
  if (!directory.is_member(caller.id(), room->id)) {
    co_return Error(ErrorCode::UserNotInRoom, "You are not in this room");
  }
  const Permission right =
      room->type == RoomType::Channel ? Permission::LeaveC : Permission::LeaveP;
  const bool needs_right = room->type != RoomType::Direct;
  if (!may_be_left(*room) ||
      (needs_right && !directory.has_permission(*caller.user, right, room->id))) {
    co_return Error(ErrorCode::NotAllowed);
  }
  const auto user = caller.user;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [room, user, now](Tx& tx) -> Result<void> {
    const auto current = tx.rooms().find(room->id);
    if (!current) return Error(ErrorCode::InvalidRoom);
    return leave_in(tx, *current, *user, now);
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> MembershipService::kick(Caller caller, std::shared_ptr<const Room> room,
                                   std::shared_ptr<const User> user) {
  const Directory& directory = context_.directory;
  const Permission from_any = room->type == RoomType::Channel ? Permission::KickUserFromAnyCRoom
                                                              : Permission::KickUserFromAnyPRoom;
  const bool may = directory.has_permission(*caller.user, Permission::RemoveUser, room->id) ||
                   directory.has_permission(*caller.user, from_any);
  if (!may || !may_be_left(*room)) co_return Error(ErrorCode::NotAllowed);
  const auto by = caller.user;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [room, user, by, now](Tx& tx) -> Result<void> {
    const auto current = tx.rooms().find(room->id);
    if (!current) return Error(ErrorCode::InvalidRoom);
    return leave_in(tx, *current, *user, now, by.get());
  };
  co_return co_await context_.store.write<void>(work);
}

}  // namespace gantry::domain
