#include "wire/preferences.h"

namespace gantry::wire {
namespace {

using Type = Schema::Type;

struct PreferenceInfo {
  std::string_view key;
  Type type;
  json::value standard;  // null: there is none
};

const std::vector<PreferenceInfo>& table() {
  static const std::vector<PreferenceInfo> rows{
      {"alsoSendThreadToChannel", Type::String, "default"},
      {"newRoomNotification", Type::String, "door"},
      {"newMessageNotification", Type::String, "chime"},
      {"showThreadsInMainChannel", Type::Boolean, false},
      {"useEmojis", Type::Boolean, true},
      {"convertAsciiEmoji", Type::Boolean, true},
      {"saveMobileBandwidth", Type::Boolean, true},
      {"collapseMediaByDefault", Type::Boolean, false},
      {"autoImageLoad", Type::Boolean, true},
      {"emailNotificationMode", Type::String, "mentions"},
      {"unreadAlert", Type::Boolean, true},
      {"notificationsSoundVolume", Type::Number, 100},
      {"omnichannelTranscriptEmail", Type::Boolean, false},
      {"desktopNotifications", Type::String, "all"},
      {"pushNotifications", Type::String, "all"},
      {"enableAutoAway", Type::Boolean, true},
      {"desktopNotificationRequireInteraction", Type::Boolean, false},
      {"hideUsernames", Type::Boolean, false},
      {"hideRoles", Type::Boolean, false},
      {"displayAvatars", Type::Boolean, true},
      {"hideFlexTab", Type::Boolean, false},
      {"sendOnEnter", Type::String, "normal"},
      {"idleTimeLimit", Type::Number, 300},
      {"sidebarShowFavorites", Type::Boolean, true},
      {"sidebarShowUnread", Type::Boolean, false},
      {"themeAppearence", Type::String, "auto"},
      {"sidebarSortby", Type::String, "activity"},
      {"sidebarViewMode", Type::String, "medium"},
      {"sidebarDisplayAvatar", Type::Boolean, true},
      {"sidebarGroupByType", Type::Boolean, true},
      {"sidebarSectionsOrder", Type::Array,
       json::array{"Incoming_Calls", "Incoming_Livechats", "Open_Livechats", "On_Hold_Livechats",
                   "Unread", "Favorites", "Teams", "Discussions", "Channels", "Direct_Messages",
                   "Conversations"}},
      {"muteFocusedConversations", Type::Boolean, true},
      {"notifyCalendarEvents", Type::Boolean, true},
      {"enableMobileRinging", Type::Boolean, true},
      {"featuresPreview", Type::Array, json::array{}},
      {"language", Type::String, nullptr},
      {"highlights", Type::Array, nullptr},
      {"clockMode", Type::Number, nullptr},
      {"dontAskAgainList", Type::Array, nullptr},
      {"fontSize", Type::String, nullptr},
      {"mobileNotifications", Type::String, nullptr},
      {"mentionsWithSymbol", Type::Boolean, nullptr},
      {"receiveLoginDetectionEmail", Type::Boolean, nullptr},
      {"omnichannelTranscriptPDF", Type::Boolean, nullptr},
      {"omnichannelHideConversationAfterClosing", Type::Boolean, nullptr},
      {"masterVolume", Type::Number, nullptr},
      {"voipRingerVolume", Type::Number, nullptr},
      {"callRingerVolume", Type::Number, nullptr},
      // Compat: keys of older clients, kept for them (tests/api/own_account_test.mjs).
      {"enableMessageParserEarlyAdoption", Type::Boolean, nullptr},
      {"enableNewMessageTemplate", Type::Boolean, nullptr},
      {"useLegacyMessageTemplate", Type::Boolean, nullptr},
      {"showMessageInMainThread", Type::Boolean, nullptr},
      {"messageViewMode", Type::Number, nullptr},
  };
  return rows;
}

}  // namespace

json::object preferences_of(const domain::User& user) {
  json::object out;
  for (const PreferenceInfo& info : table()) {
    if (!info.standard.is_null()) out[info.key] = info.standard;
  }
  for (const auto& own : user.preferences) out[own.key()] = own.value();
  return out;
}

json::object own_preferences_of(const domain::User& user) {
  json::object out = user.preferences;
  if (!user.language.empty()) out["language"] = user.language;
  return out;
}

Schema preference_changes_schema() {
  Schema schema{.type = Type::Object, .unknown_keys = UnknownKeys::Refused};
  for (const PreferenceInfo& info : table()) {
    schema.properties.push_back({std::string(info.key), false, {Schema{.type = info.type}}});
  }
  return schema;
}

}  // namespace gantry::wire
