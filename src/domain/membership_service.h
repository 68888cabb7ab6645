#pragma once
// Who comes into rooms and who goes. Source: contract "resources" B.3, B.4, B.6.

#include "domain/context.h"

namespace gantry::domain {

enum class AddAll { Everyone, ActiveOnly };

class MembershipService {
 public:
  explicit MembershipService(const Context& context) : context_(context) {}

  // Those who are members already stay so, silently. Errors: NotAllowed, CapacityReached.
  Task<void> invite(Caller caller, std::shared_ptr<const Room> room,
                    std::vector<std::shared_ptr<const User>> users);
  // Errors: NotAllowed, UserLimitExceeded.
  Task<void> add_all(Caller caller, std::shared_ptr<const Room> room, AddAll whom);
  // Errors: NotAllowed, CodeRequired, CodeInvalid.
  Task<void> join(Caller caller, std::shared_ptr<const Room> room,
                  std::optional<std::string> join_code);
  // Errors: NotAllowed, UserNotInRoom, LastOwner.
  Task<void> leave(Caller caller, std::shared_ptr<const Room> room);
  Task<void> kick(Caller caller, std::shared_ptr<const Room> room,
                  std::shared_ptr<const User> user);

 private:
  bool may_invite(const Caller& caller, const Room& room) const;

  const Context context_;
};

}  // namespace gantry::domain
