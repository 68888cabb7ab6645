#include "api/channels_api.h"

namespace gantry::api {

using domain::Caller;
using domain::Permission;
using domain::RoomType;

void ChannelsApi::add_routes(dispatch::Routes& routes) {
  RoomFamilyApi::add_routes(routes);
  routes.get(path("list"), *this, &ChannelsApi::list,
             {.any_permission = {Permission::ViewCRoom, Permission::ViewJoinedRoom},
              .summary = "The public channels that the caller may see"});
  routes.get(path("list.joined"), *this, &ChannelsApi::list_joined,
             {.summary = "The public channels that the caller is a member of"});
  routes.post(path("join"), *this, &ChannelsApi::join, {.summary = "Join a channel"});
}

Task<json::object> ChannelsApi::list(Caller caller, ListChannels in) {
  CO_TRY(auto request, lists_.read(in, {.default_sort = kSortByName, .hidden = kHiddenRoomFields}));
  const bool sees_all = directory_.has_permission(*caller.user, Permission::ViewCRoom);
  auto rooms = sees_all ? rooms_of_type(directory_, RoomType::Channel)
                        : joined_rooms(directory_, *caller.user, RoomType::Channel);
  if (!in.id.empty()) {
    std::erase_if(rooms, [&](const RoomPtr& room) { return room->id.text != in.id; });
  }
  co_return co_await listing_.reply("channels", std::move(rooms), std::move(request));
}

Task<json::object> ChannelsApi::list_joined(Caller caller, ListParameters in) {
  CO_TRY(auto request, lists_.read(in, {.default_sort = kSortByName, .hidden = kHiddenRoomFields}));
  co_return co_await listing_.reply(
      "channels", joined_rooms(directory_, *caller.user, RoomType::Channel), std::move(request));
}

Task<json::object> ChannelsApi::join(Caller caller, JoinRoom in) {
  CO_TRY(const RoomPtr room, find(caller, in, Archived::Refused));
  CO_TRY_DO(co_await services_.members.join(std::move(caller), room, std::move(in.join_code)));
  co_return co_await reply(room->id);
}

}  // namespace gantry::api
