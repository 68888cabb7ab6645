#pragma once
// The table of contents of the API: every family, in reading order.

#include "api/channels_api.h"
#include "api/groups_api.h"
#include "api/hooks_api.h"
#include "api/im_api.h"
#include "api/info_api.h"
#include "api/integrations_api.h"
#include "api/list_parameters.h"
#include "api/room_integrations_api.h"
#include "api/rooms_api.h"
#include "api/session_api.h"
#include "api/subscriptions_api.h"

namespace gantry::api {

// The domain services that the families stand on.
struct Services {
  domain::SessionService& sessions;
  domain::RoomServices& rooms;
  domain::IntegrationService& integrations;
  integrations::IncomingHooks& hooks;
  const domain::Directory& directory;
  const Clock& clock;
  UnsafeParameters unsafe_parameters = UnsafeParameters::Ignored;
};

class AllRoutes {
 public:
  AllRoutes(const Services& services, ServerInfo info);

  const dispatch::Routes& routes() const { return routes_; }
  InfoApi& info() { return info_; }

 private:
  dispatch::Routes routes_;
  ListReader lists_;
  InfoApi info_;
  SessionApi sessions_;
  ChannelsApi channels_;
  GroupsApi groups_;
  ImApi direct_;
  RoomsApi rooms_;
  SubscriptionsApi subscriptions_;
  RoomIntegrationsApi room_integrations_;
  IntegrationsApi integrations_;
  HooksApi hooks_;
};

}  // namespace gantry::api
