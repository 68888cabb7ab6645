#pragma once
// Messages and uploaded files.

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "domain/ids.h"
#include "domain/room.h"

namespace gantry::domain {

// Messages of outgoing integrations may trigger further ones up to this chain length.
inline constexpr int kHookChainMax = 3;

struct Message {
  MessageId id;
  RoomId room;
  Time sent_at;
  Time updated_at;
  std::string text;
  UserRef author;
  std::string type;  // empty for what users write; else the system type (uj, ul, r, ...)
  std::string role;  // of subscription-role-added and -removed
  std::string alias;
  std::string avatar;
  std::string emoji;
  std::optional<bool> groupable;
  std::optional<bool> parse_urls;
  IntegrationId posted_by;  // the integration that posted it; bot.i of the protocol
  json::value bot;          // what a client sent as `bot`; null when absent
  std::optional<json::array> attachments;
  json::array mentions;
  json::array channels;
  json::array urls;
  json::value file;  // {_id, name, type, size} or null
  json::array files;
  json::object custom_fields;
  json::value blocks;
  MessageId thread;
  std::optional<bool> thread_shown;
  std::int64_t reply_count = 0;  // of a thread's first message, with the two below
  std::optional<Time> last_reply_at;
  std::vector<UserId> followers;
  std::optional<Time> edited_at;
  std::optional<UserRef> edited_by;
  int hook_depth = 0;  // how many outgoing integrations led to it
};

struct Upload {
  UploadId id;
  RoomId room;
  UserId user;
  std::string name;
  std::string type;
  std::int64_t size_bytes = 0;
  bool confirmed = false;  // shown by a message; until then only its uploader sees it
  MessageId message;
  Time uploaded_at;
};

}  // namespace gantry::domain
