#pragma once
// What the directory must learn from a committed write. Stores collect changes as they write, in
// order; the directory applies them after the commit and before the callers are answered.

#include <memory>
#include <variant>

#include "domain/integration.h"
#include "domain/permission.h"
#include "domain/room.h"
#include "domain/settings.h"
#include "domain/user.h"

namespace gantry::domain {

struct UserChanged {
  std::shared_ptr<const User> user;
};
struct UserRemoved {
  UserId id;
};
struct TokenAdded {
  Token token;
};
struct TokenRemoved {
  std::string hash;
};
struct RoomChanged {
  std::shared_ptr<const Room> room;
};
struct RoomRemoved {
  RoomId id;
};
struct MembershipChanged {
  RoomId room;
  UserId user;
  std::vector<std::string> roles;
};
struct MembershipRemoved {
  RoomId room;
  UserId user;
};
struct RoleChanged {
  Role role;
};
struct GrantChanged {
  Grant grant;
};
struct SettingChanged {
  Setting setting{};
  json::value value;
};
struct IntegrationChanged {
  std::shared_ptr<const Integration> integration;
};
struct IntegrationRemoved {
  IntegrationId id;
};

using Change = std::variant<UserChanged, UserRemoved, TokenAdded, TokenRemoved, RoomChanged,
                            RoomRemoved, MembershipChanged, MembershipRemoved, RoleChanged,
                            GrantChanged, SettingChanged, IntegrationChanged, IntegrationRemoved>;

}  // namespace gantry::domain
