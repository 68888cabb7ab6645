#pragma once
// channels.*: what only public channels have, beside the common family. Source: contract
// "resources" B.3.

#include "api/room_family_api.h"

namespace gantry::api {

struct ListChannels : ListParameters {
  std::string id;

  static constexpr auto fields() {
    return std::tuple_cat(
        ListParameters::fields(),
        std::tuple{wire::field("_id", &ListChannels::id, "only this room").with_default()});
  }
};

struct JoinRoom : RoomKey {
  std::optional<std::string> join_code;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("joinCode", &JoinRoom::join_code, "of rooms that ask for one")});
  }
};

class ChannelsApi : public RoomFamilyApi {
 public:
  ChannelsApi(domain::RoomServices& services, const domain::Directory& directory,
              const ListReader& lists)
      : RoomFamilyApi(kChannels, services, directory, lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> list(domain::Caller caller, ListChannels in);
  Task<json::object> list_joined(domain::Caller caller, ListParameters in);
  Task<json::object> join(domain::Caller caller, JoinRoom in);
};

}  // namespace gantry::api
