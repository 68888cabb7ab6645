#pragma once
// The ids of everything that is stored.

#include "base/ids.h"

namespace gantry::domain {

using UserId = Id<struct UserTag>;
using RoomId = Id<struct RoomTag>;
using MessageId = Id<struct MessageTag>;
using SubscriptionId = Id<struct SubscriptionTag>;
using IntegrationId = Id<struct IntegrationTag>;
using DeliveryId = Id<struct DeliveryTag>;
using HistoryId = Id<struct HistoryTag>;
using UploadId = Id<struct UploadTag>;

}  // namespace gantry::domain
