#pragma once
// The workspace settings: one row each gives name, type, default, visibility and words. A value is
// effective for all at once when its change is acknowledged. Source: contract "rest" 17.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace gantry::domain {

enum class SettingType { Boolean, Int, String, Select, Password };
enum class Visibility { Public, Private };

// clang-format off
#define GANTRY_SETTING_TABLE(X) \
  X(SiteName, "Site_Name", String, "Gantry", "General", Public, "Name of the workspace") \
  X(SiteUrl, "Site_Url", String, "", "General", Public, "Address under which users reach the server; from ROOT_URL when empty") \
  X(UniqueId, "uniqueID", String, "", "General", Public, "Random identity of the workspace, made at first run") \
  X(ShowSetupWizard, "Show_Setup_Wizard", String, "completed", "General", Public, "State of the setup wizard that clients ask for") \
  X(ApiUpperCountLimit, "API_Upper_Count_Limit", Int, 100, "API", Private, "Largest count a list answers; 0 or less means 100") \
  X(ApiDefaultCount, "API_Default_Count", Int, 50, "API", Private, "Count of a list that names none; 0 or less means 50") \
  X(ApiAllowInfiniteCount, "API_Allow_Infinite_Count", Boolean, true, "API", Private, "Whether count=0 answers everything") \
  X(ApiRateLimiter, "API_Enable_Rate_Limiter", Boolean, true, "API", Private, "Whether REST calls are limited per route and address") \
  X(ApiRateLimiterCalls, "API_Enable_Rate_Limiter_Limit_Calls_Default", Int, 10, "API", Private, "Calls per window") \
  X(ApiRateLimiterWindow, "API_Enable_Rate_Limiter_Limit_Time_Default", Int, 60000, "API", Private, "Length of the window in milliseconds") \
  X(ApiEnableCors, "API_Enable_CORS", Boolean, false, "API", Private, "Whether pages of other origins may call the API") \
  X(ApiCorsOrigin, "API_CORS_Origin", String, "*", "API", Private, "Allowed origins, comma separated, or *") \
  X(ApiUseRestForDdpCalls, "API_Use_REST_For_DDP_Calls", Boolean, true, "API", Public, "Tells clients to send method calls through REST") \
  X(ApiDirectHistory, "API_Enable_Direct_Message_History_EndPoint", Boolean, false, "API", Private, "Whether im.messages.others answers") \
  X(ViewOutsideRoomOnUsersList, "API_Apply_permission_view-outside-room_on_users-list", Boolean, false, "API", Private, "Whether the list of accounts needs view-outside-room, too") \
  X(QueryScanMax, "Gantry_Query_Scan_Max", Int, 10000, "API", Private, "Rows that one query may look at before it is refused as too broad") \
  X(RegistrationForm, "Accounts_RegistrationForm", String, "Public", "Accounts", Public, "Public, Disabled or Secret URL") \
  X(RegistrationSecret, "Accounts_RegistrationForm_SecretURL", Password, "", "Accounts", Private, "What a registration must name while the form is Secret URL; empty refuses all") \
  X(RegistrationCalls, "Rate_Limiter_Limit_RegisterUser", Int, 1, "API", Private, "Registrations per window and address") \
  X(AllowProfileChange, "Accounts_AllowUserProfileChange", Boolean, true, "Accounts", Public, "Whether people may change their own profile") \
  X(AllowUsernameChange, "Accounts_AllowUsernameChange", Boolean, true, "Accounts", Public, "Whether people may change their own user name") \
  X(AllowNameChange, "Accounts_AllowRealNameChange", Boolean, true, "Accounts", Public, "Whether people may change their own display name") \
  X(AllowEmailChange, "Accounts_AllowEmailChange", Boolean, true, "Accounts", Public, "Whether people may change their own mail address") \
  X(AllowPasswordChange, "Accounts_AllowPasswordChange", Boolean, true, "Accounts", Public, "Whether people may change their own password") \
  X(AllowStatusChange, "Accounts_AllowUserStatusMessageChange", Boolean, true, "Accounts", Public, "Whether people may change their own status text") \
  X(RegistrationDefaultRoles, "Accounts_Registration_Users_Default_Roles", String, "user", "Accounts", Private, "Roles of accounts that register, comma separated") \
  X(ManuallyApprove, "Accounts_ManuallyApproveNewUsers", Boolean, false, "Accounts", Private, "Whether new accounts wait for approval") \
  X(AllowAnonymousRead, "Accounts_AllowAnonymousRead", Boolean, false, "Accounts", Public, "Whether public channels are readable without login") \
  X(TwoFactorEnabled, "Accounts_TwoFactorAuthentication_Enabled", Boolean, true, "Accounts", Public, "Whether second factors are asked for at all") \
  X(TwoFactorPassword, "Accounts_TwoFactorAuthentication_Enforce_Password_Fallback", Boolean, true, "Accounts", Public, "Whether routes that want a second factor ask for the password of accounts without one") \
  X(TwoFactorRemember, "Accounts_TwoFactorAuthentication_RememberFor", Int, 1800, "Accounts", Private, "Seconds for which a passed second factor is remembered") \
  X(LoginExpiration, "Accounts_LoginExpiration", Int, 90, "Accounts", Private, "Days a login token lives") \
  X(RequireName, "Accounts_RequireNameForSignUp", Boolean, true, "Accounts", Public, "Whether a name is asked for at registration") \
  X(BlockedUsernames, "Accounts_BlockedUsernameList", String, "", "Accounts", Private, "Names nobody may take, comma separated") \
  X(SystemBlockedUsernames, "Accounts_SystemBlockedUsernameList", String, "admin,administrator,system,user", "Accounts", Private, "Names reserved by the system, comma separated") \
  X(UsernamePattern, "UTF8_User_Names_Validation", String, "[0-9a-zA-Z-_.]+", "General", Public, "Pattern of user names") \
  X(ChannelNamePattern, "UTF8_Channel_Names_Validation", String, "[0-9a-zA-Z-_.]+", "General", Public, "Pattern of room names") \
  X(UseRealName, "UI_Use_Real_Name", Boolean, false, "Layout", Public, "Whether clients show names instead of user names") \
  X(MessageMaxSize, "Message_MaxAllowedSize", Int, 5000, "Message", Public, "Longest text of a message, in characters") \
  X(MessageAllowEditing, "Message_AllowEditing", Boolean, true, "Message", Public, "Whether messages may be edited") \
  X(MessageEditMinutes, "Message_AllowEditing_BlockEditInMinutes", Int, 0, "Message", Public, "Minutes for which a message may be edited; 0 means always") \
  X(MessageAllowDeleting, "Message_AllowDeleting", Boolean, true, "Message", Public, "Whether messages may be deleted") \
  X(MessageDeleteMinutes, "Message_AllowDeleting_BlockDeleteInMinutes", Int, 0, "Message", Public, "Minutes for which a message may be deleted; 0 means always") \
  X(MessageShowDeleted, "Message_ShowDeletedStatus", Boolean, false, "Message", Public, "Whether a deleted message leaves a stub") \
  X(MessageErasure, "Message_ErasureType", Select, "Delete", "Message", Public, "What becomes of the messages of a deleted account: Delete, Unlink or Keep") \
  X(StoreLastMessage, "Store_Last_Message", Boolean, true, "General", Public, "Whether rooms show their last message") \
  X(ThreadsEnabled, "Threads_enabled", Boolean, true, "Threads", Public, "Whether threads are on") \
  X(FileUploadEnabled, "FileUpload_Enabled", Boolean, true, "FileUpload", Public, "Whether files may be uploaded") \
  X(FileUploadMaxSize, "FileUpload_MaxFileSize", Int, 104857600, "FileUpload", Public, "Largest file in bytes; -1 means no limit but the server's own") \
  X(FileUploadBlockedTypes, "FileUpload_MediaTypeBlackList", String, "image/svg+xml", "FileUpload", Public, "Media types that are refused, comma separated") \
  X(FileUploadAllowedTypes, "FileUpload_MediaTypeWhiteList", String, "", "FileUpload", Public, "Media types that are accepted, comma separated; empty means all") \
  X(FileUploadProtect, "FileUpload_ProtectFiles", Boolean, true, "FileUpload", Public, "Whether downloads need a login") \
  X(FileUploadInDirect, "FileUpload_Enabled_Direct", Boolean, true, "FileUpload", Public, "Whether files may be uploaded to direct messages") \
  X(DirectMessageMaxUsers, "DirectMesssage_maxUsers", Int, 8, "General", Public, "Most members of a direct room") \
  X(E2eEnable, "E2E_Enable", Boolean, false, "E2E", Public, "Whether end-to-end encryption is offered") \
  X(FavoriteRooms, "Favorite_Rooms", Boolean, true, "Layout", Public, "Whether rooms can be marked as favorite") \
  X(AllowSelfSigned, "Allow_Invalid_SelfSigned_Certs", Boolean, false, "General", Private, "Whether webhooks accept certificates that do not verify") \
  X(RetryByDefault, "Integrations_Retry_By_Default", Boolean, true, "Integrations", Private, "Whether a webhook that does not say is retried") \
  X(Retry500, "Integrations_Retry_500", Boolean, true, "Integrations", Private, "Whether an answer of status 500 is retried") \
  X(RetryAfterMax, "Integrations_Retry_After_Max", Int, 3600, "Integrations", Private, "Longest wait in seconds that a Retry-After header may ask for") \
  X(SwitchOffDays, "Integrations_Switch_Off_Days", Int, 5, "Integrations", Private, "Days for which every delivery of a webhook may fail before it is switched off; 0 means never") \
  X(EgressAllow, "Integrations_Egress_Allow", String, "", "Integrations", Private, "Networks and hosts that webhooks of own-right makers may reach beside public ones, comma separated") \
  X(EgressDeny, "Integrations_Egress_Deny", String, "", "Integrations", Private, "Networks and hosts that no webhook may reach, comma separated") \
  X(HistoryDays, "Integrations_History_Days", Int, 30, "Integrations", Private, "Days for which the history of deliveries and incoming calls is kept") \
  X(HistoryPerIntegration, "Integrations_History_Max", Int, 100000, "Integrations", Private, "Deliveries, attempts and incoming calls kept per integration, of each so many") \
  X(HistoryBytes, "Integrations_History_Max_Bytes", Int, 1073741824, "Integrations", Private, "Bytes that the records of deliveries and incoming calls may take in all; 0 means no limit") \
  X(IncomingKeepBodies, "Integrations_Incoming_Keep_Bodies", Boolean, true, "Integrations", Private, "Whether records of incoming calls hold what was sent and what the script returned") \
  X(OutgoingKeepBodies, "Integrations_Outgoing_Keep_Bodies", Boolean, true, "Integrations", Private, "Whether records of deliveries hold, once they have ended, what was sent and answered and what the script printed") \
  X(IncomingCalls, "Integrations_Incoming_Limit_Calls", Int, 0, "Integrations", Private, "Calls of one hook's address from one client per window; 0 or less means API_Enable_Rate_Limiter_Limit_Calls_Default") \
  X(IncomingHookCalls, "Integrations_Incoming_Limit_Hook", Int, 0, "Integrations", Private, "Calls of one hook from all clients together per window; 0 means 60 times those from one client, less means no limit") \
  X(IncomingClientCalls, "Integrations_Incoming_Limit_Address", Int, 0, "Integrations", Private, "Calls of all hooks together from one client's address per window; 0 means 60 times those of one hook, less means no limit") \
  X(IncomingBodyMax, "Integrations_Incoming_Body_Max", Int, 10485760, "Integrations", Private, "Largest body of an incoming call in bytes; 0 or less, or more than 10 MiB, means 10 MiB") \
  X(MembershipsMax, "Gantry_Memberships_Max", Int, 5000000, "General", Private, "Memberships held in memory at most; joining beyond is refused")
// clang-format on

enum class Setting {
#define X(name, ...) name,
  GANTRY_SETTING_TABLE(X)
#undef X
};

inline constexpr std::array kAllSettings{
#define X(name, ...) Setting::name,
    GANTRY_SETTING_TABLE(X)
#undef X
};
inline constexpr std::size_t kSettingCount = kAllSettings.size();

struct SettingInfo {
  Setting setting;
  std::string_view id;
  SettingType type;
  json::value default_value;
  std::string_view group;
  Visibility visibility;
  std::string_view words;
};

const SettingInfo& info_of(Setting setting);
const SettingInfo* find_setting(std::string_view id);
// In the order of the table.
std::span<const SettingInfo> all_settings();

// The value in the setting's type. Errors: SettingValidationFailed.
Result<json::value> to_setting_value(const SettingInfo& info, const json::value& raw);
// Environment text: true/false in any case, integers, else the text.
Result<json::value> setting_from_text(const SettingInfo& info, std::string_view text);

// All values at one moment.
class Settings {
 public:
  Settings();
  const json::value& get(Setting setting) const {
    return values_[static_cast<std::size_t>(setting)];
  }
  bool get_bool(Setting setting) const;
  std::int64_t get_int(Setting setting) const;
  std::string_view get_text(Setting setting) const;
  void set(Setting setting, json::value value);

 private:
  std::array<json::value, kSettingCount> values_;
};

}  // namespace gantry::domain
