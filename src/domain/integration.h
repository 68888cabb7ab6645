#pragma once
// Incoming and outgoing webhooks as stored. Source: contract "integrations" 1.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "domain/call_verification.h"
#include "domain/ids.h"
#include "domain/room.h"

namespace gantry::domain {

enum class IntegrationType { Incoming, Outgoing };

std::string_view to_text(IntegrationType type);

enum class HookEvent {
  SendMessage,
  FileUploaded,
  RoomArchived,
  RoomCreated,
  RoomJoined,
  RoomLeft,
  UserCreated,
};

struct HookEventInfo {
  HookEvent event;
  std::string_view name;
  bool uses_channel;
  bool uses_words;
  bool uses_target_room;
};

inline constexpr HookEventInfo kHookEvents[] = {
    {HookEvent::SendMessage, "sendMessage", true, true, false},
    {HookEvent::FileUploaded, "fileUploaded", true, false, false},
    {HookEvent::RoomArchived, "roomArchived", false, false, false},
    {HookEvent::RoomCreated, "roomCreated", false, false, false},
    {HookEvent::RoomJoined, "roomJoined", true, false, false},
    {HookEvent::RoomLeft, "roomLeft", true, false, false},
    {HookEvent::UserCreated, "userCreated", false, false, true},
};

const HookEventInfo* find_hook_event(std::string_view name);
const HookEventInfo& info_of(HookEvent event);

inline constexpr std::string_view kAllPublicChannels = "all_public_channels";
inline constexpr std::string_view kAllPrivateGroups = "all_private_groups";
inline constexpr std::string_view kAllDirectMessages = "all_direct_messages";

struct ScriptError {
  std::string name;
  std::string message;
  std::string stack;
};

struct Integration {
  IntegrationId id;
  IntegrationType type = IntegrationType::Incoming;
  std::string name;
  bool enabled = false;
  std::string username;  // posts as
  UserId user;
  std::vector<std::string> channels;  // "#name", "@name" or a scope, as given
  bool script_enabled = false;
  std::optional<std::string> script;
  std::optional<std::string> script_compiled;
  std::optional<ScriptError> script_error;
  bool skip_transpile = false;
  std::optional<bool> fresh_state;  // each run of the script begins without Store and globals
  std::optional<std::string> alias;
  std::optional<std::string> avatar;
  std::optional<std::string> emoji;
  std::optional<std::string> token;
  Time created_at;
  Time updated_at;
  std::optional<UserRef> created_by;
  std::optional<UserRef> updated_by;

  bool override_destination = false;  // incoming
  CallVerification verification;      // incoming

  HookEvent event = HookEvent::SendMessage;  // outgoing, from here on
  std::vector<std::string> urls;
  std::optional<std::vector<std::string>> trigger_words;
  std::optional<bool> trigger_word_anywhere;
  std::optional<std::string> target_room;
  std::optional<bool> impersonate_user;
  std::optional<bool> run_on_edits;
  std::optional<bool> retry_failed_calls;
  std::optional<std::int64_t> retry_count;
  std::optional<std::string> retry_delay;
  std::vector<std::string> signing_secrets;  // newest first, up to kSigningSecretsMax
  std::optional<bool> send_delivery_id;
  std::optional<std::string> ca_certificates;  // PEM; trusted in place of the system's

  bool made_by(const UserId& maker) const { return created_by && created_by->id == maker; }
};

using IntegrationVisitor = std::function<void(Integration)>;

}  // namespace gantry::domain
