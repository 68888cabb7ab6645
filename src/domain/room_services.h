#pragma once
// The services of rooms and memberships together, as the families of the API take them.

#include "domain/membership_service.h"
#include "domain/room_reader.h"
#include "domain/room_role_service.h"
#include "domain/room_service.h"
#include "domain/room_settings_service.h"
#include "domain/subscription_service.h"

namespace gantry::domain {

struct RoomServices {
  explicit RoomServices(const Context& context)
      : rooms(context),
        members(context),
        settings(context),
        roles(context),
        subscriptions(context),
        reader(context) {}

  RoomService rooms;
  MembershipService members;
  RoomSettingsService settings;
  RoomRoleService roles;
  SubscriptionService subscriptions;
  RoomReader reader;
};

}  // namespace gantry::domain
