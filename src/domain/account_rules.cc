#include "domain/account_rules.h"

#include <algorithm>

#include "domain/directory.h"
#include "domain/error_codes.h"
#include "domain/name_pattern.h"

namespace gantry::domain {
namespace {

bool lists_name(std::string_view list, const std::string& wanted) {
  const auto names = split_list(list);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return to_lower(name) == wanted; });
}

// One @ with something on both sides, nothing that breaks a header or a list.
bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
  return text.size() <= kEmailMax && text.find('@', at + 1) == std::string_view::npos &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == ',' || c == '<' ||
                  c == '>';
         });
}

bool has_forbidden_characters(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower.find_first_of("<>") != std::string::npos || lower.find("%3c") != std::string::npos ||
         lower.find("%3e") != std::string::npos;
}

// Characters, not bytes.
std::size_t length_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

Result<void> check_username(const std::string& username, const Settings& settings,
                            BlockedNames blocked) {
  const bool fits = fits_name_pattern(settings.get_text(Setting::UsernamePattern), username);
  if (!fits || username.size() > kUsernameMax) {
    return Error(ErrorCode::InvalidField, username + " is not a valid username")
        .with_details({{"field", "Username"}, {"input", username}});
  }
  if (blocked == BlockedNames::Refused && is_blocked_username(settings, username)) {
    return blocked_username(username);
  }
  return Done{};
}

Error unavailable(const std::string& what, std::string_view field) {
  return Error(ErrorCode::FieldUnavailable, what + " is already in use :(")
      .with_details({{"field", field}});
}

}  // namespace

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) out.emplace_back(item);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return out;
}

Error blocked_username(const std::string& username) {
  return Error(ErrorCode::BlockedUsername, username + " is blocked and can't be used!")
      .with_details({{"method", "checkUsernameAvailability"}, {"field", username}});
}

bool is_blocked_username(const Settings& settings, std::string_view username) {
  const std::string wanted = to_lower(username);
  return wanted == "all" || wanted == "here" ||
         lists_name(settings.get_text(Setting::BlockedUsernames), wanted) ||
         lists_name(settings.get_text(Setting::SystemBlockedUsernames), wanted);
}

Result<void> check_draft(const AccountDraft& draft, const Settings& settings,
                         BlockedNames blocked) {
  if (draft.username) TRY_DO(check_username(*draft.username, settings, blocked));
  if (draft.name && has_forbidden_characters(*draft.name)) {
    return failure("Name contains invalid characters");
  }
  if (draft.name && length_of(*draft.name) > kNameMax) return failure("Name is too long");
  if (draft.email && !draft.email->empty() && !is_email(*draft.email)) {
    return Error(ErrorCode::InvalidEmail, "Invalid email " + draft.email->substr(0, kEmailMax));
  }
  if (draft.bio && length_of(*draft.bio) > kBioMax) return Error(ErrorCode::BioTooLong);
  if (draft.nickname && length_of(*draft.nickname) > kNicknameMax) {
    return Error(ErrorCode::NicknameTooLong);
  }
  if (draft.custom_fields && to_json_text(*draft.custom_fields).size() > kCustomFieldsBytesMax) {
    return failure("The custom fields are longer than " + std::to_string(kCustomFieldsBytesMax) +
                   " bytes");
  }
  if (draft.password && draft.password->size() > kPasswordMax) {
    return failure("The password is longer than " + std::to_string(kPasswordMax) + " bytes");
  }
  return Done{};
}

Result<void> check_available(const Tx& tx, const AccountDraft& draft, const UserId& self) {
  if (draft.username) {
    const auto holder = tx.users().find_by_username(*draft.username);
    if (holder && holder->id != self) return unavailable(*draft.username, "Username");
  }
  if (draft.email && !draft.email->empty()) {
    const auto holder = tx.users().find_by_email(*draft.email);
    if (holder && holder->id != self) return unavailable(*draft.email, "Email");
  }
  return Done{};
}

void apply_draft(const AccountDraft& draft, User& user) {
  const auto put = [](const auto& from, auto& to) {
    if (from) to = *from;
  };
  put(draft.username, user.username);
  put(draft.name, user.name);
  put(draft.roles, user.roles);
  put(draft.bio, user.bio);
  put(draft.nickname, user.nickname);
  put(draft.status_text, user.status_text);
  put(draft.status_default, user.status_default);
  put(draft.reason, user.reason);
  put(draft.require_password_change, user.require_password_change);
  if (draft.custom_fields) {
    for (const auto& field : *draft.custom_fields) user.custom_fields[field.key()] = field.value();
  }
  if (draft.email) {
    const bool same =
        !user.emails.empty() && to_lower(user.emails.front().address) == to_lower(*draft.email);
    const bool verified = same && user.emails.front().verified;
    user.emails.clear();
    if (!draft.email->empty()) user.emails.push_back({*draft.email, verified});
  }
  if (draft.email_verified && !user.emails.empty()) {
    user.emails.front().verified = *draft.email_verified;
  }
}

}  // namespace gantry::domain
