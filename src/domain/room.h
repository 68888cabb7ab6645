#pragma once
// Rooms and subscriptions (one per member and room).

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "domain/ids.h"

namespace gantry::domain {

enum class RoomType : char { Channel = 'c', Group = 'p', Direct = 'd' };

// A short form of an account inside other records, as it was when they were written.
struct UserRef {
  UserId id;
  std::string username;
  std::string name;
};

struct Room {
  RoomId id;
  RoomType type = RoomType::Channel;
  std::string name;   // unique among channels and groups; empty for direct rooms
  std::string fname;  // display name
  std::optional<UserRef> creator;
  std::string topic;
  std::string description;
  std::string announcement;
  bool read_only = false;
  bool react_when_read_only = false;
  bool archived = false;
  bool is_default = false;
  bool broadcast = false;
  std::optional<bool> encrypted;  // absent until somebody decides
  std::string join_code;
  RoomId parent;                // of a discussion; empty otherwise
  json::value system_messages;  // null, a boolean or a list of hidden types
  json::object custom_fields;
  std::vector<std::string> muted;         // usernames
  std::vector<std::string> unmuted;       // usernames
  std::vector<UserId> member_ids;         // direct rooms only, sorted
  std::vector<std::string> member_names;  // direct rooms only
  Time created_at;
  Time updated_at;

  bool is_discussion() const { return !parent.empty(); }
};

// What changes with every message; kept beside the room, so that the room itself stays the same.
struct RoomActivity {
  std::int64_t message_count = 0;
  std::optional<Time> last_message_at;
  MessageId last_message;
};

struct Subscription {
  SubscriptionId id;
  RoomId room;
  UserId user;
  std::vector<std::string> roles;  // ids of roles of scope Subscriptions
  bool open = true;
  bool favorite = false;
  std::int64_t user_mentions = 0;
  std::int64_t group_mentions = 0;
  std::optional<Time> last_seen;
  std::optional<Time> last_reply;
  bool marked_unread = false;
  bool blocked = false;
  bool blocker = false;
  json::object preferences;  // notification choices, under their protocol names
  Time joined_at;
  Time updated_at;
};

using MembershipVisitor =
    std::function<void(const RoomId&, const UserId&, const std::vector<std::string>& roles)>;

}  // namespace gantry::domain
