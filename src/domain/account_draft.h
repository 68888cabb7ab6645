#pragma once
// What callers say of an account that they make or change.

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "domain/user.h"

namespace gantry::domain {

enum class DefaultRooms { Join, StayOut };

// What is absent stays as it is, or takes the default of a new account.
struct AccountDraft {
  std::optional<std::string> username;
  std::optional<std::string> name;
  std::optional<std::string> email;
  std::optional<std::string> password;  // plain text
  std::optional<bool> email_verified;
  std::optional<bool> active;
  std::optional<bool> require_password_change;
  std::optional<std::vector<std::string>> roles;
  std::optional<std::string> bio;
  std::optional<std::string> nickname;
  std::optional<std::string> status_text;
  std::optional<std::string> status_default;
  std::optional<std::string> reason;
  std::optional<json::object> custom_fields;
  bool random_password = false;
  DefaultRooms default_rooms = DefaultRooms::Join;
};

inline constexpr std::size_t kBioMax = 260;
inline constexpr std::size_t kNicknameMax = 120;
inline constexpr std::size_t kUsernameMax = 255;
inline constexpr std::size_t kNameMax = 255;
inline constexpr std::size_t kEmailMax = 254;
inline constexpr std::size_t kPasswordMax = 1024;
inline constexpr std::size_t kCustomFieldsBytesMax = 64 * 1024;

}  // namespace gantry::domain
