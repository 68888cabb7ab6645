#include "api/groups_api.h"

namespace gantry::api {

using domain::Caller;
using domain::RoomType;

void GroupsApi::add_routes(dispatch::Routes& routes) {
  RoomFamilyApi::add_routes(routes);
  routes.get(path("list"), *this, &GroupsApi::list,
             {.summary = "The private groups that the caller is a member of"});
  routes.get(path("listAll"), *this, &GroupsApi::list_all,
             {.any_permission = {domain::Permission::ViewRoomAdministration},
              .summary = "Every private group"});
}

Task<json::object> GroupsApi::list(Caller caller, ListParameters in) {
  CO_TRY(auto request, lists_.read(in, {.default_sort = kSortByName, .hidden = kHiddenRoomFields}));
  co_return co_await listing_.reply(
      "groups", joined_rooms(directory_, *caller.user, RoomType::Group), std::move(request));
}

Task<json::object> GroupsApi::list_all(Caller, ListParameters in) {
  CO_TRY(auto request, lists_.read(in, {.default_sort = kSortByName, .hidden = kHiddenRoomFields}));
  co_return co_await listing_.reply("groups", rooms_of_type(directory_, RoomType::Group),
                                    std::move(request));
}

}  // namespace gantry::api
