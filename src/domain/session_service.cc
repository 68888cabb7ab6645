#include "domain/session_service.h"

#include "base/crypto.h"
#include "domain/error_codes.h"

namespace gantry::domain {
namespace {

constexpr unsigned kBcryptCost = 10;
constexpr int kLoginDaysDefault = 90;
constexpr std::size_t kExpiredMax = 1000;    // removed in one transaction
constexpr std::size_t kLoginTokensMax = 50;  // per account; the oldest go first

// Checked when there is no such account, so that a caller cannot tell from the time taken.
const std::string& stand_in_hash() {
  static const std::string hash = bcrypt_hash(sha256_hex("no such account"), kBcryptCost);
  return hash;
}

std::chrono::days lifetime_of(const Settings& settings) {
  const std::int64_t days = settings.get_int(Setting::LoginExpiration);
  return std::chrono::days{days > 0 ? days : kLoginDaysDefault};
}

Error login_failed() {
  return ErrorCode::LoginFailed;
}

Token login_token(const UserId& user, const std::string& secret, Time now) {
  return {hash_token(secret), user, TokenKind::Login, "", "", false, now};
}

void add_login_token(Tx& tx, const Token& token) {
  std::vector<Token> logins;
  for (Token& old : tx.users().list_tokens(token.user)) {
    if (old.kind == TokenKind::Login) logins.push_back(std::move(old));
  }
  for (std::size_t i = 0; i + kLoginTokensMax <= logins.size(); ++i) {
    tx.users().remove_token(logins[i].hash);
  }
  tx.users().insert_token(token);
}

}  // namespace

bool has_expired(const Token& token, const Settings& settings, Time now) {
  return has_expired(token.kind, token.created_at, settings, now);
}

bool has_expired(TokenKind kind, Time created_at, const Settings& settings, Time now) {
  return kind == TokenKind::Login && created_at + lifetime_of(settings) <= now;
}

Password Password::from_plain(std::string_view text) {
  return {sha256_hex(text)};
}

Password Password::from_digest(std::string_view hex) {
  return {to_lower(hex)};
}

std::string hash_password(const Password& password) {
  return bcrypt_hash(password.digest, kBcryptCost);
}

std::shared_ptr<const User> SessionService::find_account(NameKind kind,
                                                         const std::string& name) const {
  switch (kind) {
    case NameKind::Id:
      return context_.directory.find_user(UserId{name});
    case NameKind::Email:
      return context_.directory.find_user_by_email(name);
    case NameKind::Username:
      return context_.directory.find_user_by_name(name);
    case NameKind::Any:
      return name.find('@') == std::string::npos ? context_.directory.find_user_by_name(name)
                                                 : context_.directory.find_user_by_email(name);
  }
  return nullptr;
}

Task<LoggedIn> SessionService::login(NameKind kind, std::string name, Password password) {
  const std::shared_ptr<const User> user = find_account(kind, name);
  std::string hash = user ? user->password_bcrypt : std::string();
  std::string digest = password.digest;
  const std::function<bool()> check = [hash, digest] {
    if (!hash.empty()) return bcrypt_matches(digest, hash);
    return bcrypt_matches(digest, stand_in_hash()) && false;
  };
  CO_TRY(const bool matches, co_await context_.compute.run<bool>(check, ErrorCode::Busy));
  if (!user || !matches) co_return login_failed();
  if (user->type == "app") {
    co_return Error(ErrorCode::LoginFailed, "error-app-user-is-not-allowed-to-login");
  }
  if (!user->active) {
    co_return Error(ErrorCode::LoginFailed, "User is not activated")
        .with_details("error-user-is-not-activated");
  }
  co_return co_await system_create_token(user->id);
}

Task<LoggedIn> SessionService::system_create_token(UserId id) {
  const std::string secret = random_secret();
  const Time now = context_.clock.now();
  const std::function<Result<User>(Tx&)> work = [id, secret, now](Tx& tx) -> Result<User> {
    std::optional<User> user = tx.users().find(id);
    if (!user) return Error(ErrorCode::InvalidUser);
    user->last_login = now;
    tx.users().update(*user);
    add_login_token(tx, login_token(id, secret, now));
    return *user;
  };
  CO_TRY(User user, co_await context_.store.write<User>(work));
  co_return LoggedIn{std::make_shared<const User>(std::move(user)), secret};
}

Task<LoggedIn> SessionService::resume(std::string secret) {
  const auto token = context_.directory.find_token(hash_token(secret));
  const auto user = token ? context_.directory.find_user(token->user) : nullptr;
  if (!user || !user->active ||
      has_expired(*token, *context_.directory.settings(), context_.clock.now())) {
    co_return Error(ErrorCode::LoginFailed,
                    "You've been logged out by the server. Please log in again.")
        .with_details(403);
  }
  co_return LoggedIn{user, secret};
}

Task<void> SessionService::logout(Caller caller) {
  const std::string hash = caller.token_hash;
  const std::function<Result<void>(Tx&)> work = [hash](Tx& tx) -> Result<void> {
    tx.users().remove_token(hash);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> SessionService::logout_everywhere(Caller caller, UserId user) {
  if (user != caller.id() &&
      !context_.directory.has_permission(*caller.user, Permission::LogoutOtherUser)) {
    co_return ErrorCode::Refused;
  }
  const std::function<Result<void>(Tx&)> work = [user](Tx& tx) -> Result<void> {
    for (const Token& token : tx.users().list_tokens(user)) tx.users().remove_token(token.hash);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> SessionService::remove_sessions(UserId user, std::string keep_token) {
  const std::function<Result<void>(Tx&)> work = [user, keep_token](Tx& tx) -> Result<void> {
    for (const Token& token : tx.users().list_tokens(user)) {
      if (token.kind != TokenKind::Login || token.hash == keep_token) continue;
      tx.users().remove_token(token.hash);
    }
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> SessionService::logout_others(Caller caller) {
  co_return co_await remove_sessions(caller.id(), caller.token_hash);
}

Task<LoggedIn> SessionService::renew(Caller caller) {
  CO_TRY_DO(co_await remove_sessions(caller.id(), ""));
  co_return co_await system_create_token(caller.id());
}

Time SessionService::expiry() const {
  return context_.clock.now() + lifetime_of(*context_.directory.settings());
}

Task<void> SessionService::system_remove_expired() {
  const auto settings = context_.directory.settings();
  const Time now = context_.clock.now();
  using Hashes = std::vector<std::string>;
  const std::function<Result<Hashes>(const Tx&)> look = [settings,
                                                         now](const Tx& tx) -> Result<Hashes> {
    Hashes out;
    tx.users().visit_all_tokens([&](const Token& token) {
      if (out.size() < kExpiredMax && has_expired(token, *settings, now)) out.push_back(token.hash);
    });
    return out;
  };
  CO_TRY(const Hashes expired, co_await context_.store.read<Hashes>(look));
  if (expired.empty()) co_return Done{};
  const std::function<Result<void>(Tx&)> work = [expired](Tx& tx) -> Result<void> {
    for (const std::string& hash : expired) tx.users().remove_token(hash);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<LoggedIn> SessionService::create_token_for(Caller caller, UserId user, std::string secret) {
  const bool trusted =
      trusted_.allowed && !trusted_.secret.empty() && constant_time_equal(secret, trusted_.secret);
  if (!trusted ||
      !context_.directory.has_permission(*caller.user, Permission::UserGenerateAccessToken)) {
    co_return ErrorCode::NotAuthorizedDash;
  }
  const auto account = context_.directory.find_user(user);
  if (!account || !account->active) co_return ErrorCode::InvalidUser;
  co_return co_await system_create_token(user);
}

}  // namespace gantry::domain
