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

enum class NameKind { Any, Username, Email, Id };  // Any: with '@' a mail address, else a username

class SessionService {
 public:
  explicit SessionService(const Context& context) : context_(context) {}

  // Errors: LoginFailed with the protocol's words, Busy.
  Task<LoggedIn> login(NameKind kind, std::string name, Password password);
  Task<LoggedIn> resume(std::string token);
  // Removes the token of this request only.
  Task<void> logout(Caller caller);
  // All tokens of the account. Errors: Refused.
  Task<void> logout_everywhere(Caller caller, UserId user);

  // Makes a login token without a password, for commands and trusted callers.
  Task<LoggedIn> system_create_token(UserId user);

 private:
  std::shared_ptr<const User> find_account(NameKind kind, const std::string& name) const;

  const Context context_;
};

// The bcrypt hash that is stored for a password. Long computing.
std::string hash_password(const Password& password);

}  // namespace gantry::domain
