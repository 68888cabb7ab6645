#include "api/rooms_api.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "wire/room_json.h"
#include "wire/subscription_json.h"

namespace gantry::api {

using dispatch::Success;
using dispatch::Validation;
using domain::Caller;
using domain::RoomChanges;
using domain::RoomType;

namespace {

// The choices that are yes or no, written as "1" and "0".
constexpr std::string_view kFlagChoices[] = {"disableNotifications", "muteGroupMentions",
                                             "hideUnreadStatus", "hideMentionStatus",
                                             "autoTranslate"};
constexpr std::size_t kChoiceBytesMax = 100;

template <class List>
bool lists(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

// Null where the choice goes back to the account's default.
Result<json::object> read_choices(const json::object& wanted) {
  json::object out;
  for (const auto& choice : wanted) {
    const std::string_view key = choice.key();
    if (!lists(wire::kNotificationChoices, key)) return Error(ErrorCode::InvalidRoomSettings);
    const json::value& value = choice.value();
    if (lists(kFlagChoices, key)) {
      out[key] = is_truthy(value) && value != json::value("0") && value != json::value("false");
    } else if (value.is_string() && value.get_string().size() <= kChoiceBytesMax) {
      out[key] = value.get_string() == "default" ? json::value() : value;
    } else {
      return Error(ErrorCode::InvalidRoomSettings);
    }
  }
  return out;
}

Result<RoomChanges> to_changes(const SaveRoomSettings& in) {
  RoomChanges out;
  out.name = in.name;
  out.topic = in.topic;
  out.description = in.description;
  out.announcement = in.announcement;
  if (!in.custom_fields.is_null()) {
    if (!in.custom_fields.is_object()) return Error(ErrorCode::CustomFieldsType);
    out.custom_fields = in.custom_fields.get_object();
  }
  if (in.type) out.type = *in.type == "c" ? RoomType::Channel : RoomType::Group;
  out.read_only = in.read_only;
  out.react_when_read_only = in.react_when_read_only;
  if (in.system_messages.is_bool() || in.system_messages.is_array()) {
    out.system_messages = in.system_messages;
  } else if (!in.system_messages.is_null()) {
    return Error(ErrorCode::InvalidRoomSettings);
  }
  out.join_code = in.join_code;
  out.is_default = in.is_default;
  out.encrypted = in.encrypted;
  return out;
}

}  // namespace

void RoomsApi::add_routes(dispatch::Routes& routes) {
  routes.get("/api/v1/rooms.get", *this, &RoomsApi::get,
             {.summary = "The caller's rooms, or those that changed"});
  routes.get("/api/v1/rooms.info", *this, &RoomsApi::info, {.summary = "One room of any type"});
  routes.get("/api/v1/rooms.nameExists", *this, &RoomsApi::name_exists,
             {.validation = Validation::Newer, .summary = "Whether a room has this name"});
  routes.get("/api/v1/rooms.isMember", *this, &RoomsApi::is_member,
             {.validation = Validation::Newer, .summary = "Whether an account is a member"});
  routes.get(
      "/api/v1/rooms.roles", *this, &RoomsApi::roles,
      {.validation = Validation::Newer, .summary = "The members who have roles in the room"});
  routes.post("/api/v1/rooms.favorite", *this, &RoomsApi::favorite,
              {.summary = "Mark a room as a favourite"});
  routes.post("/api/v1/rooms.saveNotification", *this, &RoomsApi::save_notification,
              {.summary = "Choose how a room notifies"});
  routes.post("/api/v1/rooms.join", *this, &RoomsApi::join, {.summary = "Join a room"});
  routes.post("/api/v1/rooms.leave", *this, &RoomsApi::leave, {.summary = "Leave a room"});
  routes.post("/api/v1/rooms.open", *this, &RoomsApi::open,
              {.summary = "Show a room in the caller's list"});
  routes.post("/api/v1/rooms.delete", *this, &RoomsApi::remove,
              {.summary = "Remove a room with all that is in it"});
  routes.post("/api/v1/rooms.changeArchivationState", *this, &RoomsApi::change_archivation,
              {.summary = "Archive a room or take it back"});
  routes.post("/api/v1/rooms.saveRoomSettings", *this, &RoomsApi::save_settings,
              {.summary = "Change several settings of a room at once"});
}

Task<json::object> RoomsApi::get(Caller caller, ChangesSince in) {
  std::optional<Time> since;
  if (!in.updated_since.empty()) {
    since = from_iso(in.updated_since);
    if (!since) co_return Error(ErrorCode::InvalidUpdatedSince);
  }
  std::vector<RoomPtr> rooms;
  for (const domain::RoomId& id : directory_.rooms_of(caller.id())) {
    if (RoomPtr room = directory_.find_room(id)) rooms.push_back(std::move(room));
  }
  CO_TRY(const auto views, co_await services_.reader.load_all(std::move(rooms)));
  json::array update;
  for (const domain::RoomView& view : views) {
    if (since && view.changed_at() <= *since) continue;
    update.push_back(wire::to_json(view, directory_));
  }
  co_return json::object{{"update", std::move(update)}, {"remove", json::array{}}};
}

Task<json::object> RoomsApi::info(Caller caller, RoomInfo in) {
  ListParameters list;
  list.projection = in.projection;
  CO_TRY(const ListRequest request, lists_.read(list, {.hidden = kHiddenRoomFields}));
  CO_TRY(const RoomPtr room, get_room(directory_, in));
  if (!domain::can_access(directory_, *caller.user, *room)) {
    co_return Error(ErrorCode::RoomInfoNotAllowed);
  }
  CO_TRY(const domain::RoomView view, co_await services_.reader.load(room));
  json::object out{{"room", request.projection.projected(wire::to_json(view, directory_))}};
  const RoomPtr parent = room->is_discussion() ? directory_.find_room(room->parent) : nullptr;
  if (parent) {
    json::object shown{{"_id", parent->id.text}, {"t", wire::to_text(parent->type)}};
    if (!parent->name.empty()) shown["name"] = parent->name;
    if (!parent->fname.empty()) shown["fname"] = parent->fname;
    out["parent"] = std::move(shown);
  }
  co_return out;
}

Result<json::object> RoomsApi::name_exists(Caller, RoomName in) {
  return json::object{{"exists", directory_.find_room_by_name(in.room_name) != nullptr}};
}

Result<json::object> RoomsApi::is_member(Caller caller, IsMember in) {
  const RoomPtr room = directory_.find_room(in.room_id);
  if (!room || !domain::can_access(directory_, *caller.user, *room)) {
    return Error(ErrorCode::Refused);
  }
  if (!in.is_given()) return Error(ErrorCode::UserParamNotProvided);
  auto user = get_user(directory_, in);
  if (!user) return Error(ErrorCode::UserNotFoundPlain);
  return json::object{{"isMember", directory_.is_member((*user)->id, room->id)}};
}

Result<json::object> RoomsApi::roles(Caller caller, RidOnly in) {
  const RoomPtr room = directory_.find_room(in.room_id);
  if (!room) return Error(ErrorCode::InvalidRoom);
  if (!domain::can_access(directory_, *caller.user, *room)) return Error(ErrorCode::NotAllowed);
  json::array roles;
  for (const auto& holder : services_.roles.list_holders(*room)) {
    roles.push_back(wire::to_json(holder, room->id));
  }
  return json::object{{"roles", std::move(roles)}};
}

Task<Success> RoomsApi::favorite(Caller caller, MarkFavorite in) {
  if (!in.favorite) co_return failure("The 'favorite' param is required");
  CO_TRY(const RoomPtr room, get_room(directory_, in));
  if (!directory_.is_member(caller.id(), room->id)) co_return Error(ErrorCode::FavoriteOutside);
  CO_TRY_DO(co_await services_.subscriptions.mark_favorite(
      std::move(caller), room->id, *in.favorite ? domain::Favorite::Yes : domain::Favorite::No));
  co_return Success{};
}

Task<Success> RoomsApi::save_notification(Caller caller, SaveNotification in) {
  if (in.room_id.empty()) co_return failure("The 'roomId' param is required");
  const json::object* wanted = in.notifications.if_object();
  if (wanted == nullptr || wanted->empty()) {
    co_return failure("The 'notifications' param is required");
  }
  CO_TRY(json::object choices, read_choices(*wanted));
  CO_TRY_DO(co_await services_.subscriptions.save_preferences(
      std::move(caller), domain::RoomId{in.room_id}, std::move(choices)));
  co_return Success{};
}

Task<json::object> RoomsApi::join(Caller caller, JoinRoom in) {
  CO_TRY(const RoomPtr room, get_room(directory_, in));
  CO_TRY_DO(co_await services_.members.join(std::move(caller), room, std::move(in.join_code)));
  CO_TRY(const domain::RoomView view, co_await services_.reader.load_current(room->id));
  co_return json::object{{"room", wire::to_json(view, directory_)}};
}

Task<Success> RoomsApi::leave(Caller caller, RoomKey in) {
  CO_TRY(const RoomPtr room, get_room(directory_, in));
  CO_TRY_DO(co_await services_.members.leave(std::move(caller), room));
  co_return Success{};
}

Task<Success> RoomsApi::open(Caller caller, RoomIdOnly in) {
  CO_TRY_DO(co_await services_.subscriptions.open(std::move(caller), in.room_id));
  co_return Success{};
}

Task<Success> RoomsApi::remove(Caller caller, RoomIdOnly in) {
  const RoomPtr room = directory_.find_room(in.room_id);
  if (!room) co_return Error(ErrorCode::InvalidRoom);
  CO_TRY_DO(co_await services_.rooms.remove(std::move(caller), room));
  co_return Success{};
}

Task<Success> RoomsApi::change_archivation(Caller caller, ChangeArchivation in) {
  const RoomPtr room = directory_.find_room(in.room_id);
  if (!room) co_return Error(ErrorCode::InvalidRoom);
  if (in.action == "archive") {
    CO_TRY_DO(co_await services_.rooms.archive(std::move(caller), room));
  } else {
    CO_TRY_DO(co_await services_.rooms.unarchive(std::move(caller), room));
  }
  co_return Success{};
}

Task<json::object> RoomsApi::save_settings(Caller caller, SaveRoomSettings in) {
  CO_TRY(RoomChanges changes, to_changes(in));
  const RoomPtr room = directory_.find_room(in.room_id);
  if (!room) co_return Error(ErrorCode::InvalidRoom);
  CO_TRY_DO(co_await services_.settings.save(std::move(caller), room, std::move(changes)));
  co_return json::object{{"rid", room->id.text}};
}

}  // namespace gantry::api
