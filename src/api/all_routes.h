#pragma once
// The table of contents of the API: every family, in reading order.

#include "api/channels_api.h"
#include "api/chat_api.h"
#include "api/deliveries_api.h"
#include "api/docs_api.h"
#include "api/groups_api.h"
#include "api/history_api.h"
#include "api/hooks_api.h"
#include "api/im_api.h"
#include "api/incoming_calls_api.h"
#include "api/info_api.h"
#include "api/integrations_api.h"
#include "api/list_parameters.h"
#include "api/own_account_api.h"
#include "api/roles_api.h"
#include "api/room_integrations_api.h"
#include "api/rooms_api.h"
#include "api/script_versions_api.h"
#include "api/session_api.h"
#include "api/settings_api.h"
#include "api/status_api.h"
#include "api/subscriptions_api.h"
#include "api/trials_api.h"
#include "api/uploads_api.h"
#include "api/users_api.h"
#include "domain/account_services.h"
#include "domain/message_services.h"

namespace gantry::api {

// The domain services that the families stand on.
struct Services {
  domain::SessionService& sessions;
  domain::AccountServices& accounts;
  domain::Store& store;
  domain::RoomServices& rooms;
  domain::MessageServices& messages;
  ComputePool& compute;
  domain::IntegrationService& integrations;
  domain::DeliveryService& deliveries;
  domain::IncomingCallService& incoming_calls;
  domain::ScriptVersionService& script_versions;
  integrations::TrialService& trials;
  integrations::IncomingHooks& hooks;
  StatusApi::Report status;
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
  DocsApi docs_;
  SessionApi sessions_;
  UsersApi users_;
  OwnAccountApi own_account_;
  RolesApi roles_;
  SettingsApi settings_;
  ChannelsApi channels_;
  GroupsApi groups_;
  ImApi direct_;
  RoomsApi rooms_;
  SubscriptionsApi subscriptions_;
  ChatApi chat_;
  HistoryApi channel_history_;
  HistoryApi group_history_;
  HistoryApi direct_history_;
  UploadsApi uploads_;
  RoomIntegrationsApi room_integrations_;
  IntegrationsApi integrations_;
  DeliveriesApi deliveries_;
  IncomingCallsApi incoming_calls_;
  ScriptVersionsApi script_versions_;
  TrialsApi trials_;
  HooksApi hooks_;
  StatusApi status_;
};

}  // namespace gantry::api
