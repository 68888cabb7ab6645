#pragma once
// What may be changed in a room after it was made. All of it is one transaction with its system
// messages. Source: contract "resources" B.6.1.

#include "domain/context.h"

namespace gantry::domain {

// What is not set stays as it is.
struct RoomChanges {
  std::optional<std::string> name;
  std::optional<std::string> topic;
  std::optional<std::string> description;
  std::optional<std::string> announcement;
  std::optional<json::object> custom_fields;
  std::optional<RoomType> type;
  std::optional<bool> read_only;
  std::optional<bool> react_when_read_only;
  std::optional<bool> is_default;
  std::optional<bool> encrypted;
  std::optional<std::string> join_code;
  std::optional<json::value> system_messages;
};

class RoomSettingsService {
 public:
  explicit RoomSettingsService(const Context& context) : context_(context) {}

  // Errors: ActionNotAllowed with words that say which part, InvalidRoomName, DuplicateHandle,
  // DirectRoom, InvalidRoom.
  Task<void> save(Caller caller, std::shared_ptr<const Room> room, RoomChanges changes);
  // A direct room's topic, which each member may set. Errors: Refused.
  Task<void> set_direct_topic(Caller caller, std::shared_ptr<const Room> room, std::string topic);

 private:
  Result<void> check(const Caller& caller, const Room& room, const RoomChanges& changes) const;

  const Context context_;
};

}  // namespace gantry::domain
