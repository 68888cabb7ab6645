#include "domain/identity.h"

namespace gantry::domain {
namespace {

constexpr std::int64_t kLifetimeDays = 90;  // when the setting makes no sense

}  // namespace

std::shared_ptr<const User> find_token_owner(const Directory& directory, std::string_view user_id,
                                             std::string_view secret, Time now) {
  if (user_id.empty() || secret.empty()) return nullptr;
  const auto token = directory.find_token(hash_token(secret));
  if (!token || token->user.text != user_id) return nullptr;
  if (token->kind == TokenKind::Login) {
    const std::int64_t days = directory.settings()->get_int(Setting::LoginExpiration);
    if (token->created_at + std::chrono::days{days > 0 ? days : kLifetimeDays} <= now) {
      return nullptr;
    }
  }
  auto user = directory.find_user(token->user);
  return user && user->active ? user : nullptr;
}

}  // namespace gantry::domain
