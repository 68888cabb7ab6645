#include "api/all_routes.h"

namespace gantry::api {

AllRoutes::AllRoutes(const Services& services, ServerInfo info)
    : lists_(services.directory, services.unsafe_parameters),
      info_(std::move(info), routes_, services.directory),
      sessions_(services.sessions, services.directory),
      users_(services.accounts.accounts, services.store, services.directory, lists_),
      own_account_(services.accounts.accounts, services.sessions, services.accounts.tokens,
                   services.directory),
      roles_(services.accounts.rights, services.directory, lists_),
      settings_(services.accounts.settings, services.directory, lists_),
      channels_(services.rooms, services.directory, lists_),
      groups_(services.rooms, services.directory, lists_),
      direct_(services.rooms, services.directory, lists_),
      rooms_(services.rooms, services.directory, lists_),
      subscriptions_(services.rooms, services.directory),
      chat_(services.messages.messages, services.clock),
      channel_history_(domain::RoomType::Channel, services.messages.history, services.rooms.rooms,
                       services.directory, lists_),
      group_history_(domain::RoomType::Group, services.messages.history, services.rooms.rooms,
                     services.directory, lists_),
      direct_history_(domain::RoomType::Direct, services.messages.history, services.rooms.rooms,
                      services.directory, lists_),
      uploads_(services.messages.uploads, services.directory, services.clock, services.compute),
      room_integrations_(services.directory, lists_),
      integrations_(services.integrations, lists_),
      deliveries_(services.deliveries, services.directory, lists_),
      incoming_calls_(services.incoming_calls, lists_),
      script_versions_(services.script_versions, lists_),
      trials_(services.trials),
      hooks_(services.hooks, services.integrations, services.clock),
      status_(services.status) {
  info_.add_routes(routes_);
  docs_.add_routes(routes_);
  sessions_.add_routes(routes_);
  users_.add_routes(routes_);
  own_account_.add_routes(routes_);
  roles_.add_routes(routes_);
  settings_.add_routes(routes_);
  channels_.add_routes(routes_);
  groups_.add_routes(routes_);
  direct_.add_routes(routes_);
  rooms_.add_routes(routes_);
  subscriptions_.add_routes(routes_);
  chat_.add_routes(routes_);
  channel_history_.add_routes(routes_);
  group_history_.add_routes(routes_);
  direct_history_.add_routes(routes_);
  uploads_.add_routes(routes_);
  room_integrations_.add_routes(routes_);
  integrations_.add_routes(routes_);
  deliveries_.add_routes(routes_);
  incoming_calls_.add_routes(routes_);
  script_versions_.add_routes(routes_);
  trials_.add_routes(routes_);
  hooks_.add_routes(routes_);
  status_.add_routes(routes_);
}

}  // namespace gantry::api
