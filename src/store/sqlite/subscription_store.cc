#include <algorithm>

#include "store/sqlite/extra.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::RoomId;
using domain::Subscription;
using domain::UserId;

#define COLUMNS "room, user, id, last_seen, updated_at, extra"
constexpr char kSelectOne[] = "SELECT " COLUMNS " FROM subscriptions WHERE room = ? AND user = ?";
constexpr char kSelectOfUser[] = "SELECT " COLUMNS " FROM subscriptions WHERE user = ?";
constexpr char kSelectOfRoom[] = "SELECT " COLUMNS " FROM subscriptions WHERE room = ?";
constexpr char kSelectMemberships[] = "SELECT room, user, extra FROM subscriptions ORDER BY room";
#undef COLUMNS
constexpr char kCountOwners[] =
    "SELECT count(*) FROM subscriptions WHERE room = ? AND is_owner = 1";
constexpr char kCountMembers[] = "SELECT count(*) FROM subscriptions WHERE room = ?";
constexpr char kInsert[] =
    "INSERT INTO subscriptions (room, user, id, is_owner, last_seen, updated_at, extra) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE subscriptions SET is_owner = ?, last_seen = ?, updated_at = ?, extra = ? "
    "WHERE room = ? AND user = ?";
constexpr char kDelete[] = "DELETE FROM subscriptions WHERE room = ? AND user = ?";
constexpr char kCountUnread[] =
    "SELECT count(*) FROM messages WHERE room = ? AND sent_at > ? AND author <> ? AND type = '' "
    "AND thread = ''";

template <class Archive, class SubscriptionType>
void visit_extra(Archive& archive, SubscriptionType& subscription) {
  archive("roles", subscription.roles);
  archive("open", subscription.open);
  archive("favorite", subscription.favorite);
  archive("user_mentions", subscription.user_mentions);
  archive("group_mentions", subscription.group_mentions);
  archive("last_reply", subscription.last_reply);
  archive("marked_unread", subscription.marked_unread);
  archive("blocked", subscription.blocked);
  archive("blocker", subscription.blocker);
  archive("preferences", subscription.preferences);
  archive("joined_at", subscription.joined_at);
}

std::string extra_of(const Subscription& subscription) {
  ExtraWriter writer;
  visit_extra(writer, subscription);
  return writer.text();
}

Subscription read_subscription(const Statement& row) {
  Subscription out;
  out.room = row.id<RoomId>(0);
  out.user = row.id<UserId>(1);
  out.id = row.id<domain::SubscriptionId>(2);
  out.last_seen = row.optional_time(3);
  out.updated_at = row.time(4);
  out.open = false;  // written only when true
  ExtraReader reader(row.view(5));
  visit_extra(reader, out);
  return out;
}

// The roles alone, which most memberships have none of: the start reads all of them.
void read_roles(std::string_view extra, std::vector<std::string>& roles) {
  roles.clear();
  if (extra.find("\"roles\"") == std::string_view::npos) return;
  ExtraReader reader(extra);
  reader("roles", roles);
}

bool is_owner(const Subscription& subscription) {
  const auto& roles = subscription.roles;
  return std::find(roles.begin(), roles.end(), domain::kOwnerRole) != roles.end();
}

class SqliteSubscriptionStore final : public domain::SubscriptionStore {
 public:
  explicit SqliteSubscriptionStore(Session& session) : session_(session) {}

  std::optional<Subscription> find(const RoomId& room, const UserId& user) const override {
    Statement statement = session_.connection.prepare(kSelectOne);
    statement.bind(room, user);
    if (!statement.step()) return std::nullopt;
    return read_subscription(statement);
  }
  std::vector<Subscription> list_of_user(const UserId& user) const override {
    return all(session_.connection.prepare(kSelectOfUser).bind(user));
  }
  std::vector<Subscription> list_of_room(const RoomId& room) const override {
    return all(session_.connection.prepare(kSelectOfRoom).bind(room));
  }
  std::int64_t count_owners(const RoomId& room) const override {
    return number(session_.connection.prepare(kCountOwners).bind(room));
  }
  std::int64_t count_members(const RoomId& room) const override {
    return number(session_.connection.prepare(kCountMembers).bind(room));
  }
  void visit_memberships(const domain::MembershipVisitor& visit) const override {
    RoomId room;
    UserId user;
    std::vector<std::string> roles;
    Statement row = session_.connection.prepare(kSelectMemberships);
    while (row.step()) {
      room.text = row.view(0);
      user.text = row.view(1);
      read_roles(row.view(2), roles);
      visit(room, user, roles);
    }
  }
  void insert(const Subscription& subscription) override {
    session_.connection.prepare(kInsert)
        .bind(subscription.room, subscription.user, subscription.id, is_owner(subscription),
              subscription.last_seen, subscription.updated_at, extra_of(subscription))
        .run();
    changed(subscription);
  }
  void update(const Subscription& subscription) override {
    session_.connection.prepare(kUpdate)
        .bind(is_owner(subscription), subscription.last_seen, subscription.updated_at,
              extra_of(subscription), subscription.room, subscription.user)
        .run();
    changed(subscription);
  }
  void remove(const RoomId& room, const UserId& user) override {
    session_.connection.prepare(kDelete).bind(room, user).run();
    session_.changes.push_back(domain::MembershipRemoved{room, user});
  }
  std::int64_t count_unread(const RoomId& room, const UserId& user,
                            std::optional<Time> since) const override {
    return number(session_.connection.prepare(kCountUnread)
                      .bind(room, since ? to_epoch_ms(*since) : std::int64_t{0}, user));
  }

 private:
  static std::vector<Subscription> all(Statement& statement) {
    std::vector<Subscription> out;
    while (statement.step()) out.push_back(read_subscription(statement));
    return out;
  }
  static std::int64_t number(Statement& statement) {
    statement.step();
    return statement.integer(0);
  }
  void changed(const Subscription& subscription) {
    session_.changes.push_back(
        domain::MembershipChanged{subscription.room, subscription.user, subscription.roles});
  }

  Session& session_;
};

}  // namespace

std::unique_ptr<domain::SubscriptionStore> make_subscription_store(Session& session) {
  return std::make_unique<SqliteSubscriptionStore>(session);
}

}  // namespace gantry::store::sqlite
