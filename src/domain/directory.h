#pragma once
// The in-memory picture of what every request needs: accounts, tokens, roles, rights, settings,
// rooms, memberships and integrations with ready-made JSON. It is complete; reading it never
// suspends. Changed only by apply(), on the writer thread after each commit; read from any thread.

#include <atomic>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/striped_map.h"
#include "domain/change.h"
#include "domain/membership_index.h"

namespace gantry::domain {

// An integration without script and scriptCompiled, its whole REST form with them as ready-made
// JSON, and the same without them as a document for `query` and `sort`.
struct IntegrationEntry {
  Integration integration;
  std::string json;
  json::object document;
};
using IntegrationEntries = std::vector<std::shared_ptr<const IntegrationEntry>>;

// Sorted by (_createdAt, _id); shared and never changed.
using IntegrationList = std::shared_ptr<const IntegrationEntries>;

using IntegrationEncoder = std::function<json::object(const Integration&)>;

struct GrantTable {
  std::vector<Grant> grants;  // by the number of the permission
};

class Directory {
 public:
  explicit Directory(IntegrationEncoder encode);

  void apply(const Change& change);
  // At the start, in place of one change a row: `visit_all` calls its argument for each.
  void load_memberships(const std::function<void(const MembershipVisitor&)>& visit_all);
  void load_integrations(const std::function<void(const IntegrationVisitor&)>& visit_all);

  std::shared_ptr<const User> find_user(const UserId& id) const;
  std::shared_ptr<const User> find_user_by_name(std::string_view username) const;  // without case
  std::shared_ptr<const User> find_user_by_email(std::string_view address) const;  // without case
  std::vector<std::shared_ptr<const User>> list_users() const;
  std::size_t user_count() const { return users_.size(); }

  std::shared_ptr<const Token> find_token(const std::string& hash) const;

  std::shared_ptr<const Room> find_room(const RoomId& id) const;
  std::shared_ptr<const Room> find_room_by_name(std::string_view name) const;
  std::vector<std::shared_ptr<const Room>> list_rooms() const;

  bool is_member(const UserId& user, const RoomId& room) const;
  // Roles of scope Subscriptions that the user holds in the room.
  std::vector<std::string> roles_in(const UserId& user, const RoomId& room) const;
  std::vector<RoomId> rooms_of(const UserId& user) const;
  std::vector<UserId> members_of(const RoomId& room) const;
  std::size_t member_count(const RoomId& room) const;
  std::size_t membership_count() const;

  std::vector<Role> list_roles() const;
  std::optional<Role> find_role(std::string_view id) const;
  std::vector<Grant> list_grants() const;
  bool has_permission(const User& user, Permission permission) const;
  bool has_permission(const User& user, Permission permission, const RoomId& room) const;

  std::shared_ptr<const Settings> settings() const { return settings_.load(); }

  std::shared_ptr<const IntegrationEntry> find_integration(const IntegrationId& id) const;
  IntegrationList list_integrations() const { return all_integrations_.load(); }
  // Those whose `channel` holds exactly this text; never null.
  IntegrationList list_by_channel(const std::string& channel) const;
  IntegrationList list_by_maker(const UserId& maker) const;
  // Outgoing ones of events without a channel (`__any`), or with an empty channel list.
  IntegrationList list_without_channel() const { return without_channel_.load(); }

 private:
  void apply_user(const std::shared_ptr<const User>& user);
  void remove_user(const UserId& id);
  void apply_room(const std::shared_ptr<const Room>& room);
  void remove_room(const RoomId& id);
  std::shared_ptr<const IntegrationEntry> make_entry(Integration integration) const;
  void apply_integration(const Integration& integration);
  void remove_integration(const IntegrationId& id);
  bool grants(const std::vector<std::string>& roles, Permission permission) const;

  IntegrationEncoder encode_;

  StripedMap<UserId, std::shared_ptr<const User>> users_;
  StripedMap<std::string, UserId> users_by_name_;   // lower case
  StripedMap<std::string, UserId> users_by_email_;  // lower case
  StripedMap<std::string, std::shared_ptr<const Token>> tokens_;

  StripedMap<RoomId, std::shared_ptr<const Room>> rooms_;
  StripedMap<std::string, RoomId> rooms_by_name_;
  MembershipIndex memberships_;

  std::atomic<std::shared_ptr<const std::vector<Role>>> roles_;
  std::atomic<std::shared_ptr<const GrantTable>> grants_;
  std::atomic<std::shared_ptr<const Settings>> settings_;

  StripedMap<IntegrationId, std::shared_ptr<const IntegrationEntry>> integrations_;
  StripedMap<std::string, IntegrationList> by_channel_;
  StripedMap<UserId, IntegrationList> by_maker_;
  std::atomic<IntegrationList> all_integrations_;
  std::atomic<IntegrationList> without_channel_;
};

std::string to_lower(std::string_view text);

}  // namespace gantry::domain
