#pragma once
// Accounts, their login tokens, and the caller of an operation.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "domain/ids.h"

namespace gantry::domain {

struct Email {
  std::string address;
  bool verified = false;
};

struct User {
  UserId id;
  std::string username;
  std::string name;
  std::vector<Email> emails;
  std::string type = "user";  // user, bot, app
  bool active = true;
  std::vector<std::string> roles;  // ids of roles of scope Users
  std::string password_bcrypt;     // bcrypt of the lower-case hex SHA-256 of the password
  std::string status_text;
  std::string status_default = "online";
  std::string bio;
  std::string nickname;
  std::string language;
  std::string reason;  // of a registration that waits for approval
  json::object custom_fields;
  json::object preferences;
  bool require_password_change = false;
  std::optional<double> utc_offset;
  std::optional<Time> last_login;
  Time created_at;
  Time updated_at;

  bool has_role(std::string_view role) const;
};

enum class TokenKind { Login, Personal };

// A login or personal access token. Only the hash is kept: base64 of the SHA-256 of the token.
struct Token {
  std::string hash;
  UserId user;
  TokenKind kind = TokenKind::Login;
  std::string name;       // personal only
  std::string last_part;  // personal only: the last 6 characters
  bool bypass_two_factor = false;
  Time created_at;
};

std::string hash_token(std::string_view token);

// Who asks. Made by the login check; services take it as their first parameter.
struct Caller {
  std::shared_ptr<const User> user;  // null: nobody is logged in
  std::string token_hash;
  std::string remote_address;
  std::uint32_t number = kNoNumber;  // the account's in the Directory

  static constexpr std::uint32_t kNoNumber = 0xFFFFFFFF;  // whoever was not identified by a token

  bool logged_in() const { return user != nullptr; }
  const UserId& id() const { return user->id; }
};

}  // namespace gantry::domain
