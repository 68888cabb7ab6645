#pragma once
// Making rooms, closing them down and removing them. What is inside them is said by
// membership_service.h, room_settings_service.h and room_role_service.h.
// Source: contract "resources" B.3 to B.5.

#include "domain/context.h"

namespace gantry::domain {

struct NewRoom {
  RoomType type = RoomType::Channel;
  std::string name;
  std::vector<std::string> members;  // usernames; unknown ones are left out
  bool read_only = false;
  bool broadcast = false;
  bool encrypted = false;
  bool without_creator = false;  // the caller does not become a member
  std::string topic;
  json::object custom_fields;
};

struct NewDirectRoom {
  std::vector<std::string> usernames;
  bool without_creator = false;
};

class RoomService {
 public:
  explicit RoomService(const Context& context) : context_(context) {}

  // Errors: Refused (channels) or NotAllowed (groups) without the right, InvalidName,
  // InvalidRoomName, DuplicateChannelName, ArchivedDuplicateName, CapacityReached.
  Task<RoomId> create(Caller caller, NewRoom wanted);
  // Finds or makes the direct room of the caller and these accounts.
  // Errors: NotAllowed, InvalidUser, DirectMessageMaxUsers, CapacityReached.
  Task<RoomId> open_direct(Caller caller, NewDirectRoom wanted);

  // Errors: NotAuthorizedDash, DirectMessageRoom, InvalidRoom.
  Task<void> archive(Caller caller, std::shared_ptr<const Room> room);
  Task<void> unarchive(Caller caller, std::shared_ptr<const Room> room);
  // Errors: NotAllowed.
  Task<void> remove(Caller caller, std::shared_ptr<const Room> room);

 private:
  Result<void> check_creation(const Caller& caller, const NewRoom& wanted) const;

  const Context context_;
};

// Whether the name fits the workspace's pattern. Errors: InvalidName, InvalidRoomName.
Result<void> check_room_name(const Settings& settings, std::string_view name);

}  // namespace gantry::domain
