#pragma once
// Owners, moderators and leaders of rooms. Source: contract "resources" B.3.

#include "domain/context.h"

namespace gantry::domain {

enum class RoomRole { Owner, Moderator, Leader };

std::string_view to_text(RoomRole role);

// A member with room roles.
struct RoleHolder {
  std::shared_ptr<const User> user;
  std::vector<std::string> roles;
};

class RoomRoleService {
 public:
  explicit RoomRoleService(const Context& context) : context_(context) {}

  // Errors: NotAllowed, UserNotInRoom, UserAlreadyOwner and its kin.
  Task<void> add(Caller caller, std::shared_ptr<const Room> room, std::shared_ptr<const User> user,
                 RoomRole role);
  // Errors: NotAllowed, UserNotInRoom, UserNotOwner and its kin, RemoveLastOwner.
  Task<void> remove(Caller caller, std::shared_ptr<const Room> room,
                    std::shared_ptr<const User> user, RoomRole role);

  // By username.
  std::vector<RoleHolder> list_holders(const Room& room) const;

 private:
  const Context context_;
};

}  // namespace gantry::domain
