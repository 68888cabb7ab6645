#pragma once
// Login, logout and tokens. Source: contract "rest" 8 and 9.

#include "domain/context.h"

namespace gantry::domain {

// A password as clients send it: plain, or already as lower-case hex of its SHA-256.
struct Password {
  std::string digest;

  static Password from_plain(std::string_view text);
  static Password from_digest(std::string_view hex);
};

struct LoggedIn {
  std::shared_ptr<const User> user;
  std::string token;  // the secret itself, told once
};

// Whether a session has lived as long as the workspace lets it; personal tokens never have.
bool has_expired(const Token& token, const Settings& settings, Time now);
bool has_expired(TokenKind kind, Time created_at, const Settings& settings, Time now);

enum class NameKind { Any, Username, Email, Id };  // Any: with '@' a mail address, else a username

// Whether trusted callers may make tokens of others, decided before the start. An empty secret
// trusts nobody.
struct TrustedCallers {
  bool allowed = false;
  std::string secret;
};

class SessionService {
 public:
  explicit SessionService(const Context& context, TrustedCallers trusted = {})
      : context_(context), trusted_(std::move(trusted)) {}

  // Errors: LoginFailed with the protocol's words, Busy.
  Task<LoggedIn> login(NameKind kind, std::string name, Password password);
  Task<LoggedIn> resume(std::string token);
  // Removes the token of this request only.
  Task<void> logout(Caller caller);
  // All tokens of the account. Errors: Refused.
  Task<void> logout_everywhere(Caller caller, UserId user);

  // All sessions of the caller's account but this one; personal tokens stay.
  Task<void> logout_others(Caller caller);
  // Ends all sessions of the caller's account and starts a new one; personal tokens stay.
  Task<LoggedIn> renew(Caller caller);
  // When a session that begins now ends.
  Time expiry() const;
  // Forgets sessions that have expired; to be called now and then.
  Task<void> system_remove_expired();

  // A session of another account for a caller who knows the secret.
  // Errors: NotAuthorizedDash, InvalidUser.
  Task<LoggedIn> create_token_for(Caller caller, UserId user, std::string secret);

  // Makes a login token without a password, for commands and trusted callers.
  Task<LoggedIn> system_create_token(UserId user);

 private:
  std::shared_ptr<const User> find_account(NameKind kind, const std::string& name) const;

  Task<void> remove_sessions(UserId user, std::string keep_token);

  const Context context_;
  const TrustedCallers trusted_;
};

// The bcrypt hash that is stored for a password. Long computing.
std::string hash_password(const Password& password);

}  // namespace gantry::domain
