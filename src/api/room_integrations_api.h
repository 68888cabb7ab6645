#pragma once
// groups.getIntegrations and channels.getIntegrations. Source: the documented page and contract
// "integrations" 3.

#include "api/list_parameters.h"
#include "dispatch/routes.h"
#include "domain/integration_rights.h"

namespace gantry::api {

// Unknown parameters are ignored.
struct RoomIntegrationsParameters : ListParameters {
  std::optional<json::value> room_id;
  std::optional<json::value> room_name;
  std::optional<json::value> include_all_groups;
  std::optional<json::value> include_all_channels;

  static constexpr auto fields() {
    using P = RoomIntegrationsParameters;
    return std::tuple_cat(
        ListParameters::fields(),
        std::tuple{
            wire::field("roomId", &P::room_id, "id of the room; wins over roomName"),
            wire::field("roomName", &P::room_name, "name of the room, exact"),
            wire::field("includeAllPrivateGroups", &P::include_all_groups,
                        "whether integrations of all private groups are listed (default true)"),
            wire::field("includeAllPublicChannels", &P::include_all_channels,
                        "whether integrations of all public channels are listed (default true)")});
  }
};

class RoomIntegrationsApi {
 public:
  RoomIntegrationsApi(const domain::Directory& directory, const ListReader& lists)
      : directory_(directory), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Result<dispatch::Reply> of_group(domain::Caller caller, RoomIntegrationsParameters in);
  Result<dispatch::Reply> of_channel(domain::Caller caller, RoomIntegrationsParameters in);
  Result<dispatch::Reply> list(const domain::User& user, const std::vector<std::string>& channels,
                               const RoomIntegrationsParameters& in) const;

  const domain::Directory& directory_;
  const ListReader& lists_;
};

}  // namespace gantry::api
