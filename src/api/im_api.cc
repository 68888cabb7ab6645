#include "api/im_api.h"

#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "wire/room_json.h"

namespace gantry::api {

using dispatch::Success;
using domain::Caller;
using domain::Permission;
using domain::RoomType;

namespace {

// Direct rooms have no names to sort by.
constexpr std::string_view kSortById = R"({"_id":1})";

std::vector<std::string> split_names(const std::string& list) {
  std::vector<std::string> out;
  std::size_t from = 0;
  while (from <= list.size()) {
    const std::size_t comma = std::min(list.find(',', from), list.size());
    std::string name = list.substr(from, comma - from);
    std::erase(name, ' ');
    if (!name.empty()) out.push_back(std::move(name));
    from = comma + 1;
  }
  return out;
}

}  // namespace

void ImApi::add_routes(dispatch::Routes& routes) {
  for (const std::string prefix : {"/api/v1/im.", "/api/v1/dm."}) {
    add_routes_under(routes, prefix);
  }
}

void ImApi::add_routes_under(dispatch::Routes& routes, const std::string& prefix) {
  routes.post(prefix + "create", *this, &ImApi::create, {.summary = "Find or make a direct room"});
  routes.get(prefix + "list", *this, &ImApi::list, {.summary = "The caller's direct rooms"});
  routes.get(
      prefix + "list.everyone", *this, &ImApi::list_everyone,
      {.any_permission = {Permission::ViewRoomAdministration}, .summary = "Every direct room"});
  routes.get(prefix + "members", *this, &ImApi::members, {.summary = "Who is in a direct room"});
  routes.get(prefix + "counters", *this, &ImApi::counters,
             {.summary = "How many members, messages and unread ones"});
  routes.post(prefix + "open", *this, &ImApi::open,
              {.summary = "Show a direct room in the caller's list"});
  routes.post(prefix + "close", *this, &ImApi::close,
              {.summary = "Hide a direct room from the caller's list"});
  routes.post(prefix + "setTopic", *this, &ImApi::set_topic, {.summary = "Set the topic"});
  routes.post(prefix + "delete", *this, &ImApi::remove,
              {.summary = "Remove a direct room with all that is in it"});
  routes.post(prefix + "leave", *this, &ImApi::leave,
              {.summary = "Leave a direct room of several"});
  routes.post(prefix + "blockUser", *this, &ImApi::block_user,
              {.summary = "Keep the other side from writing"});
}

Task<RoomPtr> ImApi::find(Caller caller, DirectKey key) {
  if (domain::is_blank(key.room_id) && domain::is_blank(key.username)) {
    co_return Error(ErrorCode::RoomParamNotProvided,
                    "Query param \"roomId\" or \"username\" is required");
  }
  domain::RoomId id{key.room_id};
  if (domain::is_blank(key.room_id)) {
    domain::NewDirectRoom wanted;
    wanted.usernames = {key.username.front() == '@' ? key.username.substr(1) : key.username};
    if (!directory_.find_user_by_name(wanted.usernames.front())) {
      co_return Error(ErrorCode::InvalidChannelTarget);
    }
    CO_TRY(id, co_await services_.rooms.open_direct(std::move(caller), std::move(wanted)));
  }
  RoomPtr room = directory_.find_room(id);
  if (!room || room->type != RoomType::Direct) co_return Error(ErrorCode::InvalidChannelTarget);
  co_return room;
}

Task<RoomPtr> ImApi::find_own(Caller caller, DirectKey key) {
  // A room that is not there looks like one of others.
  if (!domain::is_blank(key.room_id) &&
      !directory_.is_member(caller.id(), domain::RoomId{key.room_id})) {
    co_return Error(ErrorCode::Refused);
  }
  co_return co_await find(std::move(caller), std::move(key));
}

Task<json::object> ImApi::create(Caller caller, CreateDirect in) {
  if (in.username.has_value() == in.usernames.has_value()) {
    co_return Error(ErrorCode::InvalidParams,
                    in.username ? "must match exactly one schema in oneOf"
                                : "must have required property 'username'\n must have required "
                                  "property 'usernames'\n must match exactly one schema in oneOf");
  }
  domain::NewDirectRoom wanted;
  wanted.usernames = split_names(in.username ? *in.username : *in.usernames);
  wanted.without_creator = in.exclude_self;
  if (wanted.usernames.empty()) co_return Error(ErrorCode::InvalidUser);
  CO_TRY(const auto id, co_await services_.rooms.open_direct(std::move(caller), std::move(wanted)));
  CO_TRY(const domain::RoomView view, co_await services_.reader.load_current(id));
  json::object room = wire::to_json(view, directory_);
  room["rid"] = id.text;
  co_return json::object{{"room", std::move(room)}};
}

Task<json::object> ImApi::list(Caller caller, ListParameters in) {
  CO_TRY(auto request, lists_.read(in, {.default_sort = kSortById, .hidden = kHiddenRoomFields}));
  co_return co_await listing_.reply("ims", joined_rooms(directory_, *caller.user, RoomType::Direct),
                                    std::move(request));
}

Task<json::object> ImApi::list_everyone(Caller, ListParameters in) {
  CO_TRY(auto request, lists_.read(in, {.default_sort = kSortById, .hidden = kHiddenRoomFields}));
  co_return co_await listing_.reply("ims", rooms_of_type(directory_, RoomType::Direct),
                                    std::move(request));
}

Task<json::object> ImApi::members(Caller caller, ListDirectMembers in) {
  CO_TRY(const ListRequest request, lists_.read(in));
  CO_TRY(const RoomPtr room, co_await find_own(std::move(caller), in));
  CO_TRY(auto listed, select_page(member_rows(directory_, *room, {in.filter, in.status}), request));
  co_return to_list_reply("members", std::move(listed), request);
}

Task<json::object> ImApi::counters(Caller caller, CountDirect in) {
  const bool sees_all = directory_.has_permission(*caller.user, Permission::ViewRoomAdministration);
  if (!in.user_id.empty() && !sees_all) co_return Error(ErrorCode::Refused);
  const domain::UserId user = in.user_id.empty() ? caller.id() : domain::UserId{in.user_id};
  CO_TRY(const RoomPtr room, co_await find(caller, in));
  if (!sees_all && !directory_.is_member(caller.id(), room->id)) {
    co_return Error(ErrorCode::Refused);
  }
  using Sight = domain::RoomReader::Sight;
  CO_TRY(const auto counters,
         co_await services_.reader.count(user, room, sees_all ? Sight::All : Sight::MembersOnly));
  co_return wire::to_json(counters);
}

Task<Success> ImApi::open(Caller caller, DirectKey in) {
  CO_TRY(const RoomPtr room, co_await find_own(caller, std::move(in)));
  CO_TRY_DO(co_await services_.subscriptions.open(std::move(caller), room->id));
  co_return Success{};
}

Task<Success> ImApi::close(Caller caller, DirectKey in) {
  CO_TRY(const RoomPtr room, co_await find(caller, std::move(in)));
  CO_TRY(const auto own, co_await services_.reader.find_subscription(caller.id(), room->id));
  if (!own) {
    const bool administers =
        directory_.has_permission(*caller.user, Permission::ViewRoomAdministration);
    co_return administers ? failure("The user is not subscribed to the room")
                          : Error(ErrorCode::Refused);
  }
  if (!own->subscription.open) {
    co_return failure("The direct message room, is already closed to the sender");
  }
  CO_TRY_DO(co_await services_.subscriptions.close(std::move(caller), room->id));
  co_return Success{};
}

Task<json::object> ImApi::set_topic(Caller caller, SetDirectTopic in) {
  CO_TRY(const RoomPtr room, co_await find_own(caller, in));
  const std::string topic(in.topic.is_string() ? std::string_view(in.topic.get_string())
                                               : std::string_view());
  CO_TRY_DO(co_await services_.settings.set_direct_topic(std::move(caller), room, topic));
  co_return json::object{{"topic", topic}};
}

Task<Success> ImApi::remove(Caller caller, DirectKey in) {
  CO_TRY(const RoomPtr room, co_await find(caller, std::move(in)));
  CO_TRY_DO(co_await services_.rooms.remove(std::move(caller), room));
  co_return Success{};
}

Task<Success> ImApi::leave(Caller caller, DirectKey in) {
  CO_TRY(const RoomPtr room, co_await find_own(caller, std::move(in)));
  CO_TRY_DO(co_await services_.members.leave(std::move(caller), room));
  co_return Success{};
}

Task<Success> ImApi::block_user(Caller caller, BlockUser in) {
  DirectKey key;
  key.room_id = in.room_id;
  CO_TRY(const RoomPtr room, co_await find_own(caller, std::move(key)));
  using Block = domain::SubscriptionService::Block;
  CO_TRY_DO(co_await services_.subscriptions.block(std::move(caller), room->id,
                                                   in.block ? Block::On : Block::Off));
  co_return Success{};
}

}  // namespace gantry::api
