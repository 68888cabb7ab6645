#pragma once
// groups.*: the lists of private groups, beside the common family. Source: contract "resources"
// B.4.

#include "api/room_family_api.h"

namespace gantry::api {

class GroupsApi : public RoomFamilyApi {
 public:
  GroupsApi(domain::RoomServices& services, const domain::Directory& directory,
            const ListReader& lists)
      : RoomFamilyApi(kGroups, services, directory, lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> list(domain::Caller caller, ListParameters in);
  Task<json::object> list_all(domain::Caller caller, ListParameters in);
};

}  // namespace gantry::api
