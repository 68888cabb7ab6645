#pragma once
// The in-memory picture of what every request needs: accounts, tokens, roles, rights, settings,
// rooms, memberships and integrations with ready-made JSON. It is complete; reading it never
// suspends. Changed only by apply(), on the writer thread after each commit; read from any thread.
//
// Each call sees one whole state, and so does a View with all its calls together: one lock for
// everything, which readers take in parts (base/spread_lock.h). What the hot path asks for lies in
// records of one cache line, found by flat tables; accounts and rooms have numbers that stay theirs
// for as long as the server runs.

#include <atomic>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/flat_index.h"
#include "base/inline_text.h"
#include "base/spread_lock.h"
#include "domain/change.h"
#include "domain/integration_lists.h"
#include "domain/membership_index.h"
#include "domain/ready_listings.h"
#include "domain/role_rights.h"

namespace gantry::domain {

using IntegrationEncoder = std::function<json::object(const Integration&)>;

inline constexpr std::uint32_t kNoNumber = Caller::kNoNumber;

class Directory {
 public:
  class View;

  explicit Directory(IntegrationEncoder encode);
  ~Directory();

  void apply(const Change& change);
  // All of one commit; nobody sees a part of them.
  void apply(std::span<const Change> changes);
  // At the start, in place of one change a row: `visit_all` calls its argument for each.
  void load_memberships(const std::function<void(const MembershipVisitor&)>& visit_all);
  void load_integrations(const std::function<void(const IntegrationVisitor&)>& visit_all);

  std::shared_ptr<const User> find_user(const UserId& id) const;
  std::shared_ptr<const User> find_user_by_name(std::string_view username) const;  // without case
  std::shared_ptr<const User> find_user_by_email(std::string_view address) const;  // without case
  std::vector<std::shared_ptr<const User>> list_users() const;
  std::size_t user_count() const;

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

  std::shared_ptr<const Settings> settings() const;

  std::shared_ptr<const IntegrationEntry> find_integration(const IntegrationId& id) const;
  IntegrationList list_integrations() const;
  // Those whose `channel` holds exactly this text; never null.
  IntegrationList list_by_channel(const std::string& channel) const;
  IntegrationList list_by_maker(const UserId& maker) const;
  // Outgoing ones of events without a channel (`__any`), or with an empty channel list.
  IntegrationList list_without_channel() const;

 private:
  // With them a record is a cache line: two ids, as those of direct rooms are, fit in; so does the
  // hash of a token in base64.
  static constexpr std::size_t kUserIdBytes = 38;
  static constexpr std::size_t kRoomIdBytes = 36;
  static constexpr std::size_t kHashBytes = 44;

  struct alignas(64) UserRecord {
    std::shared_ptr<const User> user;  // null: removed, or only its memberships are known
    RoleRights::SetNumber roles = RoleRights::kNoRoles;
    std::uint32_t newest_token = kNoNumber;  // perhaps gone since, or another's by now
    bool active = false;
    InlineText<kUserIdBytes> id;
  };
  struct alignas(64) TokenRecord {
    Time created_at;
    UserNumber user = kNoNumber;
    TokenKind kind = TokenKind::Login;
    InlineText<kHashBytes> hash;  // empty: the number is free
  };
  struct alignas(64) RoomRecord {
    std::shared_ptr<const Room> room;  // null as with accounts
    mutable std::atomic<ReadyListings*> listings{nullptr};
    RoomType type = RoomType::Channel;
    bool is_discussion = false;
    InlineText<kRoomIdBytes> id;
  };

  static_assert(sizeof(UserRecord) == 64 && sizeof(TokenRecord) == 64 && sizeof(RoomRecord) == 64);

  struct Apply;

  UserNumber find_user_number(std::string_view id) const;
  UserNumber user_number(const UserId& id);  // a new one when unknown
  RoomNumber find_room_number(std::string_view id) const;
  RoomNumber room_number(const RoomId& id);
  std::uint32_t find_token_number(std::string_view hash) const;
  RoomNumber find_room_number_by_name(std::string_view name) const;

  void apply_locked(const Change& change, IntegrationPtr entry);
  void apply_user(const std::shared_ptr<const User>& user);
  void remove_user(const UserId& id);
  void unname(const User& user, UserNumber number);
  void add_token(const Token& token);
  void remove_token(const std::string& hash);
  void apply_room(const std::shared_ptr<const Room>& room);
  void remove_room(const RoomId& id);
  void apply_role(const Role& role);
  void apply_setting(Setting setting, const json::value& value);
  void apply_integration(const IntegrationPtr& entry);
  void remove_integration(const IntegrationId& id);
  IntegrationPtr make_entry(Integration integration) const;

  void forget_listings(const Integration& integration);
  void forget_listings(RoomNumber room);
  void forget_all_listings();

  const IntegrationEncoder encode_;
  SpreadLock lock_;

  std::vector<UserRecord> users_;
  std::size_t user_count_ = 0;
  FlatIndex users_by_id_;
  FlatIndex users_by_name_;   // lower case
  FlatIndex users_by_email_;  // lower case

  std::vector<TokenRecord> tokens_;
  std::vector<std::shared_ptr<const Token>> whole_tokens_;  // by the same numbers
  std::vector<std::uint32_t> free_tokens_;
  FlatIndex tokens_by_hash_;

  std::deque<RoomRecord> rooms_;
  FlatIndex rooms_by_id_;
  FlatIndex rooms_by_name_;
  MembershipIndex memberships_;

  std::vector<Role> roles_;
  RoleRights rights_;
  std::shared_ptr<const Settings> settings_;

  IntegrationLists integrations_;
  std::uint64_t listing_version_ = 0;
  mutable std::atomic<std::size_t> listing_bytes_{0};
};

// One state of the directory, for as long as this lives: a few lookups of one request. Nothing may
// be waited for, no other call of the directory made, and no reference kept beyond it.
class Directory::View {
 public:
  explicit View(const Directory& directory) : reading_(directory.lock_), directory_(directory) {}

  // What a token opens.
  struct Session {
    UserNumber user = kNoNumber;
    TokenKind kind = TokenKind::Login;
    Time created_at;
  };
  // Where many log in, most of a lookup is waiting for memory: this has it fetched while the token
  // is hashed.
  void expect_session(std::string_view user_id) const;
  // Nothing when there is no such token, or it is another's.
  std::optional<Session> find_session(std::string_view user_id, std::string_view token_hash) const;
  // Null when there is no such account, or it is switched off.
  std::shared_ptr<const User> find_active_user(UserNumber number) const;
  UserNumber number_of(const UserId& user) const { return directory_.find_user_number(user.text); }
  RoomNumber number_of(const RoomId& room) const { return directory_.find_room_number(room.text); }

  // Of all roles that the account has everywhere. Nobody has none.
  const PermissionSet& permissions(UserNumber user) const;
  PermissionSet permissions_of(const std::vector<std::string>& roles) const {
    return directory_.rights_.of(roles);
  }
  const Settings& settings() const { return *directory_.settings_; }

  // `visitor` is whose membership will be asked for next.
  RoomNumber find_room(std::string_view id, UserNumber visitor = kNoNumber) const;
  RoomNumber find_room_by_name(std::string_view name) const;
  const Room& room(RoomNumber number) const { return *directory_.rooms_[number].room; }
  RoomType type_of(RoomNumber number) const { return directory_.rooms_[number].type; }
  bool is_discussion(RoomNumber number) const { return directory_.rooms_[number].is_discussion; }
  bool is_member(UserNumber user, RoomNumber room) const {
    return directory_.memberships_.contains(room, user);
  }

  IntegrationList list_by_channel(const std::string& channel) const {
    return directory_.integrations_.by_channel(channel);
  }
  IntegrationList list_by_maker(const UserId& maker) const {
    return directory_.integrations_.by_maker(maker);
  }

  // Replies that list the integrations of a room. One that was made of an older version of what is
  // listed is not kept, nor is one beyond the limits; the caller gets it back in any case.
  std::shared_ptr<const std::string> find_listing(RoomNumber room, const ListingKey& key) const;
  std::uint64_t listing_version() const { return directory_.listing_version_; }
  std::shared_ptr<const std::string> keep_listing(RoomNumber room, std::uint64_t version,
                                                  const ListingKey& key, std::string reply) const;

 private:
  SpreadLock::Reading reading_;
  const Directory& directory_;
};

std::string to_lower(std::string_view text);

}  // namespace gantry::domain
