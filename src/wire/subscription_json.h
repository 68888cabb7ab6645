#pragma once
// A member's view of a room in the protocol's form. Source: contract "resources" A.3.

#include <array>

#include "base/json.h"
#include "domain/room_reader.h"

namespace gantry::wire {

json::object to_json(const domain::SubscriptionView& view, const domain::Directory& directory);

// The notification choices that a member may save; all are texts.
inline constexpr std::array<std::string_view, 14> kNotificationChoices{
    "desktopNotifications",
    "mobilePushNotifications",
    "emailNotifications",
    "unreadAlert",
    "disableNotifications",
    "muteGroupMentions",
    "hideUnreadStatus",
    "hideMentionStatus",
    "audioNotificationValue",
    "audioNotifications",
    "desktopNotificationDuration",
    "autoTranslate",
    "autoTranslateLanguage",
    "mobilePrefOrigin"};

}  // namespace gantry::wire
