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
  // What one call asks for, once its room is found and the caller may see it.
  struct Sought {
    domain::UserNumber user;
    domain::RoomNumber room;
    std::string_view scope;  // whose integrations are listed with the room's own; may be empty
  };
  // What the directory holds of it, at one moment.
  struct Found {
    std::shared_ptr<const std::string> ready;  // the whole reply, when it was made before
    domain::IntegrationEntries entries;        // else what the caller may see
    std::optional<domain::ListingKey> key;     // of the reply to keep; none: it is not kept
    std::uint64_t version = 0;
  };

  static Found look(const domain::Directory::View& view, const domain::User& caller,
                    const Sought& sought, const RoomIntegrationsParameters& in);
  Result<dispatch::Reply> answer(Found found, domain::RoomNumber room,
                                 const RoomIntegrationsParameters& in) const;

  const domain::Directory& directory_;
  const ListReader& lists_;
};

}  // namespace gantry::api
