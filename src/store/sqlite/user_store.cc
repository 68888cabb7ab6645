#include "domain/directory.h"
#include "store/sqlite/extra.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::Token;
using domain::TokenKind;
using domain::User;
using domain::UserId;

constexpr char kSelectUser[] =
    "SELECT id, username, active, created_at, updated_at, extra FROM users WHERE id = ?";
constexpr char kSelectUserByName[] =
    "SELECT id, username, active, created_at, updated_at, extra FROM users WHERE username_lower = "
    "?";
constexpr char kSelectUserByEmail[] =
    "SELECT u.id, u.username, u.active, u.created_at, u.updated_at, u.extra FROM user_emails e "
    "JOIN users u ON u.id = e.user WHERE e.address_lower = ?";
constexpr char kSelectAllUsers[] =
    "SELECT id, username, active, created_at, updated_at, extra FROM users";
constexpr char kCountAdmins[] = "SELECT count(*) FROM users WHERE is_admin = 1 AND active = 1";
constexpr char kInsertUser[] =
    "INSERT INTO users (id, username, username_lower, active, is_admin, created_at, updated_at, "
    "extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdateUser[] =
    "UPDATE users SET username = ?, username_lower = ?, active = ?, is_admin = ?, created_at = ?, "
    "updated_at = ?, extra = ? WHERE id = ?";
constexpr char kDeleteUser[] = "DELETE FROM users WHERE id = ?";
constexpr char kDeleteEmails[] = "DELETE FROM user_emails WHERE user = ?";
constexpr char kInsertEmail[] = "INSERT INTO user_emails (address_lower, user) VALUES (?, ?)";
constexpr char kSelectTokens[] =
    "SELECT hash, user, kind, name, last_part, bypass_two_factor, created_at FROM tokens "
    "WHERE user = ? ORDER BY created_at";
constexpr char kSelectAllTokens[] =
    "SELECT hash, user, kind, name, last_part, bypass_two_factor, created_at FROM tokens";
constexpr char kInsertToken[] =
    "INSERT INTO tokens (hash, user, kind, name, last_part, bypass_two_factor, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kDeleteToken[] = "DELETE FROM tokens WHERE hash = ?";

template <class Archive, class UserType>
void visit_extra(Archive& archive, UserType& user) {
  archive("name", user.name);
  archive("emails", user.emails);
  archive("type", user.type);
  archive("roles", user.roles);
  archive("password", user.password_bcrypt);
  archive("status_text", user.status_text);
  archive("status_default", user.status_default);
  archive("bio", user.bio);
  archive("nickname", user.nickname);
  archive("language", user.language);
  archive("reason", user.reason);
  archive("custom_fields", user.custom_fields);
  archive("preferences", user.preferences);
  archive("require_password_change", user.require_password_change);
  archive("utc_offset", user.utc_offset);
  archive("last_login", user.last_login);
}

std::string extra_of(const User& user) {
  ExtraWriter writer;
  visit_extra(writer, user);
  return writer.text();
}

User read_user(const Statement& row) {
  User user;
  user.id = row.id<UserId>(0);
  user.username = row.text(1);
  user.active = row.boolean(2);
  user.created_at = row.time(3);
  user.updated_at = row.time(4);
  ExtraReader reader(row.view(5));
  visit_extra(reader, user);
  return user;
}

Token read_token(const Statement& row) {
  return {row.text(0), row.id<UserId>(1), static_cast<TokenKind>(row.integer(2)),
          row.text(3), row.text(4),       row.boolean(5),
          row.time(6)};
}

class SqliteUserStore final : public domain::UserStore {
 public:
  explicit SqliteUserStore(Session& session) : session_(session) {}

  std::optional<User> find(const UserId& id) const override {
    return first(session_.connection.prepare(kSelectUser).bind(id));
  }
  std::optional<User> find_by_username(std::string_view username) const override {
    return first(session_.connection.prepare(kSelectUserByName).bind(domain::to_lower(username)));
  }
  std::optional<User> find_by_email(std::string_view address) const override {
    return first(session_.connection.prepare(kSelectUserByEmail).bind(domain::to_lower(address)));
  }
  std::int64_t count_admins() const override {
    Statement statement = session_.connection.prepare(kCountAdmins);
    statement.step();
    return statement.integer(0);
  }
  void visit_all(const std::function<void(User)>& visit) const override {
    Statement statement = session_.connection.prepare(kSelectAllUsers);
    while (statement.step()) visit(read_user(statement));
  }

  void insert(const User& user) override {
    session_.connection.prepare(kInsertUser)
        .bind(user.id, user.username, domain::to_lower(user.username), user.active,
              user.has_role(domain::kAdminRole), user.created_at, user.updated_at, extra_of(user))
        .run();
    insert_emails(user);
    session_.changes.push_back(domain::UserChanged{std::make_shared<const User>(user)});
  }
  void update(const User& user) override {
    session_.connection.prepare(kUpdateUser)
        .bind(user.username, domain::to_lower(user.username), user.active,
              user.has_role(domain::kAdminRole), user.created_at, user.updated_at, extra_of(user),
              user.id)
        .run();
    session_.connection.prepare(kDeleteEmails).bind(user.id).run();
    insert_emails(user);
    session_.changes.push_back(domain::UserChanged{std::make_shared<const User>(user)});
  }
  void remove(const UserId& id) override {
    for (const Token& token : list_tokens(id)) {
      session_.changes.push_back(domain::TokenRemoved{token.hash});
    }
    session_.connection.prepare(kDeleteUser).bind(id).run();
    session_.changes.push_back(domain::UserRemoved{id});
  }

  std::vector<Token> list_tokens(const UserId& user) const override {
    std::vector<Token> out;
    Statement statement = session_.connection.prepare(kSelectTokens);
    statement.bind(user);
    while (statement.step()) out.push_back(read_token(statement));
    return out;
  }
  void visit_all_tokens(const std::function<void(Token)>& visit) const override {
    Statement statement = session_.connection.prepare(kSelectAllTokens);
    while (statement.step()) visit(read_token(statement));
  }
  void insert_token(const Token& token) override {
    session_.connection.prepare(kInsertToken)
        .bind(token.hash, token.user, static_cast<int>(token.kind), token.name, token.last_part,
              token.bypass_two_factor, token.created_at)
        .run();
    session_.changes.push_back(domain::TokenAdded{token});
  }
  void remove_token(const std::string& hash) override {
    session_.connection.prepare(kDeleteToken).bind(hash).run();
    session_.changes.push_back(domain::TokenRemoved{hash});
  }

 private:
  static std::optional<User> first(Statement& statement) {
    if (!statement.step()) return std::nullopt;
    return read_user(statement);
  }
  void insert_emails(const User& user) {
    for (const domain::Email& email : user.emails) {
      session_.connection.prepare(kInsertEmail)
          .bind(domain::to_lower(email.address), user.id)
          .run();
    }
  }

  Session& session_;
};

}  // namespace

std::unique_ptr<domain::UserStore> make_user_store(Session& session) {
  return std::make_unique<SqliteUserStore>(session);
}

}  // namespace gantry::store::sqlite
