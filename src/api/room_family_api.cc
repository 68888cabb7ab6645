#include "api/room_family_api.h"

#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "wire/room_json.h"

namespace gantry::api {
namespace {

using dispatch::Success;
using domain::Caller;
using domain::RoomType;

Error wrong_type(const RoomFamily& family, std::string_view name, std::string_view article) {
  return failure(std::string(family.parameter) + " \"" + std::string(name) + "\" must be an " +
                 std::string(article) + " if provided");
}

bool is_set(const json::value& value) {
  return !value.is_null();
}

Result<domain::NewRoom> to_new_room(const RoomFamily& family, const CreateRoom& in) {
  domain::NewRoom out;
  out.type = family.type;
  if (!in.name.is_string() || in.name.get_string().empty()) {
    return failure(std::string(family.parameter) + " \"name\" is required");
  }
  out.name = in.name.get_string();
  if (is_set(in.members)) {
    if (!in.members.is_array()) return wrong_type(family, "members", "array");
    for (const json::value& member : in.members.get_array()) {
      if (member.is_string()) out.members.emplace_back(member.get_string());
    }
  }
  if (is_set(in.custom_fields)) {
    if (!in.custom_fields.is_object()) return wrong_type(family, "customFields", "object");
    out.custom_fields = in.custom_fields.get_object();
  }
  if (is_set(in.extra_data)) {
    if (!in.extra_data.is_object()) return wrong_type(family, "extraData", "object");
    const json::object& extra = in.extra_data.get_object();
    out.topic = text_of(extra, "topic");
    const auto flag = [&](std::string_view name) {
      const json::value* value = find_member(extra, name);
      return value != nullptr && is_truthy(*value);
    };
    out.broadcast = flag("broadcast");
    out.encrypted = flag("encrypted");
  }
  out.read_only = in.read_only;
  out.without_creator = in.exclude_self;
  return out;
}

}  // namespace

const RoomFamily kChannels{
    .type = RoomType::Channel,
    .prefix = "channels",
    .key = "channel",
    .list_key = "channels",
    .noun = "channel",
    .parameter = "Param",
    .open_to = "open to the sender",
    .not_found =
        "The required \"roomId\" or \"roomName\" param provided does not match any channel",
    .not_there = "Channel does not exists",
    .nothing_given = ErrorCode::RoomIdParamNotProvided,
    .nobody_invited = ErrorCode::InvalidInviteList};

const RoomFamily kGroups{
    .type = RoomType::Group,
    .prefix = "groups",
    .key = "group",
    .list_key = "groups",
    .noun = "private group",
    .parameter = "Body param",
    .open_to = "open for the sender",
    .not_found = "The required \"roomId\" or \"roomName\" param provided does not match any group",
    .not_there = "Group does not exists",
    .nothing_given = ErrorCode::RoomParamNotProvided,
    .nobody_invited = ErrorCode::EmptyInviteList};

std::string RoomFamilyApi::path(std::string_view action) const {
  return "/api/v1/" + std::string(family_.prefix) + "." + std::string(action);
}

// "The channel, NAME, is ..."
std::string RoomFamilyApi::in_words(std::string_view rest, const domain::Room& room) const {
  return "The " + std::string(family_.noun) + ", " + room.name + ", is " + std::string(rest);
}

Result<RoomPtr> RoomFamilyApi::find(const Caller& caller, const RoomKey& key, Archived archived,
                                    Access access) const {
  if (domain::is_blank(key.room_id) && domain::is_blank(key.room_name)) {
    return Error(family_.nothing_given);
  }
  RoomPtr room = domain::find_room(directory_, key.room_id, key.room_name);
  const bool hidden = room && family_.type == RoomType::Group && access == Access::Needed &&
                      !domain::can_access(directory_, *caller.user, *room);
  if (!room || room->type != family_.type || hidden) {
    return Error(ErrorCode::RoomNotFound, std::string(family_.not_found));
  }
  if (archived == Archived::Refused && room->archived) {
    return Error(ErrorCode::RoomArchived, in_words("archived", *room));
  }
  return room;
}

Result<void> RoomFamilyApi::check_access(const Caller& caller, const domain::Room& room) const {
  if (domain::can_access(directory_, *caller.user, room)) return Done{};
  return Error(ErrorCode::Refused);
}

Task<json::object> RoomFamilyApi::reply(domain::RoomId id) const {
  CO_TRY(const domain::RoomView view, co_await services_.reader.load_current(std::move(id)));
  co_return json::object{{family_.key, wire::to_json(view, directory_)}};
}

void RoomFamilyApi::add_routes(dispatch::Routes& routes) {
  routes.post(path("create"), *this, &RoomFamilyApi::create, {.summary = "Make a room"});
  routes.get(path("info"), *this, &RoomFamilyApi::info, {.summary = "One room"});
  routes.get(path("counters"), *this, &RoomFamilyApi::counters,
             {.summary = "How many members, messages and unread ones"});
  routes.post(path("archive"), *this, &RoomFamilyApi::archive, {.summary = "Archive a room"});
  routes.post(path("unarchive"), *this, &RoomFamilyApi::unarchive,
              {.summary = "Take a room back from the archive"});
  routes.post(path("delete"), *this, &RoomFamilyApi::remove,
              {.summary = "Remove a room with all that is in it"});
  routes.post(path("open"), *this, &RoomFamilyApi::open,
              {.summary = "Show a room in the caller's list"});
  routes.post(path("close"), *this, &RoomFamilyApi::close,
              {.summary = "Hide a room from the caller's list"});
  add_member_routes(routes);
  add_setting_routes(routes);
}

Task<json::object> RoomFamilyApi::create(Caller caller, CreateRoom in) {
  CO_TRY(auto wanted, to_new_room(family_, in));
  CO_TRY(auto id, co_await services_.rooms.create(std::move(caller), std::move(wanted)));
  co_return co_await reply(std::move(id));
}

Task<json::object> RoomFamilyApi::info(Caller caller, RoomKey in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Allowed));
  CO_TRY_DO(check_access(caller, *room));
  co_return co_await reply(room->id);
}

Task<json::object> RoomFamilyApi::counters(Caller caller, CountRoom in) {
  const bool sees_all =
      directory_.has_permission(*caller.user, domain::Permission::ViewRoomAdministration);
  if (!in.user_id.empty() && !sees_all) co_return Error(ErrorCode::Refused);
  CO_TRY(const RoomPtr room,
         find(caller, in, Archived::Allowed, sees_all ? Access::NotAsked : Access::Needed));
  const domain::UserId user = in.user_id.empty() ? caller.id() : domain::UserId{in.user_id};
  using Sight = domain::RoomReader::Sight;
  CO_TRY(const auto counters,
         co_await services_.reader.count(user, room, sees_all ? Sight::All : Sight::MembersOnly));
  co_return wire::to_json(counters);
}

Task<Success> RoomFamilyApi::archive(Caller caller, RoomKey in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused));
  CO_TRY_DO(co_await services_.rooms.archive(std::move(caller), room));
  co_return Success{};
}

Task<Success> RoomFamilyApi::unarchive(Caller caller, RoomKey in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Allowed));
  if (!room->archived && family_.type == RoomType::Channel) {
    co_return failure(in_words("not archived", *room));
  }
  CO_TRY_DO(co_await services_.rooms.unarchive(std::move(caller), room));
  co_return Success{};
}

Task<Success> RoomFamilyApi::remove(Caller caller, RoomKey in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Allowed));
  CO_TRY_DO(co_await services_.rooms.remove(std::move(caller), room));
  co_return Success{};
}

Task<Success> RoomFamilyApi::open(Caller caller, RoomKey in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Allowed));
  CO_TRY(const auto own, co_await services_.subscriptions.find(caller, room->id));
  if (!own) {
    co_return failure("The user/callee is not in the " + std::string(family_.noun) + " \"" +
                      room->name + "\".");
  }
  if (own->open) co_return failure(in_words("already " + std::string(family_.open_to), *room));
  CO_TRY_DO(co_await services_.subscriptions.open(std::move(caller), room->id));
  co_return Success{};
}

Task<Success> RoomFamilyApi::close(Caller caller, RoomKey in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Allowed));
  CO_TRY(const auto own, co_await services_.subscriptions.find(caller, room->id));
  if (!own) {
    // Compat: the quotation is not closed (tests/api/channels_test.mjs).
    co_return failure("The user/callee is not in the " + std::string(family_.noun) + " \"" +
                      room->name + ".");
  }
  if (!own->open) co_return failure(in_words("already closed to the sender", *room));
  CO_TRY_DO(co_await services_.subscriptions.close(std::move(caller), room->id));
  co_return Success{};
}

}  // namespace gantry::api
