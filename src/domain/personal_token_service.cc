#include "domain/personal_token_service.h"

#include "domain/error_codes.h"

namespace gantry::domain {
namespace {

constexpr std::size_t kLastPartLength = 6;
constexpr std::size_t kTokensMax = 100;  // personal ones of one account
constexpr std::size_t kNameMax = 255;

Token personal_token(const UserId& user, std::string name, const std::string& secret,
                     BypassTwoFactor bypass, Time now) {
  return {hash_token(secret),
          user,
          TokenKind::Personal,
          std::move(name),
          secret.substr(secret.size() - kLastPartLength),
          bypass == BypassTwoFactor::Yes,
          now};
}

std::vector<Token> personal_tokens(const Tx& tx, const UserId& user) {
  std::vector<Token> out;
  for (Token& token : tx.users().list_tokens(user)) {
    if (token.kind == TokenKind::Personal) out.push_back(std::move(token));
  }
  return out;
}

std::optional<Token> find_named(const Tx& tx, const UserId& user, std::string_view name) {
  for (Token& token : personal_tokens(tx, user)) {
    if (token.name == name) return std::move(token);
  }
  return std::nullopt;
}

}  // namespace

Result<void> PersonalTokenService::check_right(const Caller& caller) const {
  if (context_.directory.has_permission(*caller.user, Permission::CreatePersonalAccessTokens)) {
    return Done{};
  }
  return Error(ErrorCode::NotAuthorized);
}

Task<std::string> PersonalTokenService::create(Caller caller, std::string name,
                                               BypassTwoFactor bypass) {
  CO_TRY_DO(check_right(caller));
  if (name.size() > kNameMax) co_return failure("The name of the token is too long");
  const std::string secret = random_secret();
  const Token token = personal_token(caller.id(), name, secret, bypass, context_.clock.now());
  const std::function<Result<void>(Tx&)> work = [token](Tx& tx) -> Result<void> {
    if (find_named(tx, token.user, token.name)) return Error(ErrorCode::TokenAlreadyExists);
    if (personal_tokens(tx, token.user).size() >= kTokensMax) {
      return Error(ErrorCode::CapacityReached,
                   "An account has at most " + std::to_string(kTokensMax) + " tokens");
    }
    tx.users().insert_token(token);
    return Done{};
  };
  CO_TRY_DO(co_await context_.store.write<void>(work));
  co_return secret;
}

Task<std::string> PersonalTokenService::regenerate(Caller caller, std::string name) {
  CO_TRY_DO(check_right(caller));
  const std::string secret = random_secret();
  const UserId user = caller.id();
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [user, name, secret, now](Tx& tx) -> Result<void> {
    const auto old = find_named(tx, user, name);
    if (!old) return Error(ErrorCode::TokenDoesNotExist);
    tx.users().remove_token(old->hash);
    const auto bypass = old->bypass_two_factor ? BypassTwoFactor::Yes : BypassTwoFactor::No;
    tx.users().insert_token(personal_token(user, name, secret, bypass, now));
    return Done{};
  };
  CO_TRY_DO(co_await context_.store.write<void>(work));
  co_return secret;
}

Task<void> PersonalTokenService::remove(Caller caller, std::string name) {
  CO_TRY_DO(check_right(caller));
  const UserId user = caller.id();
  const std::function<Result<void>(Tx&)> work = [user, name](Tx& tx) -> Result<void> {
    const auto old = find_named(tx, user, name);
    if (!old) return Error(ErrorCode::TokenDoesNotExist);
    tx.users().remove_token(old->hash);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<std::vector<Token>> PersonalTokenService::list(Caller caller) {
  CO_TRY_DO(check_right(caller));
  const UserId user = caller.id();
  const std::function<Result<std::vector<Token>>(const Tx&)> work =
      [user](const Tx& tx) -> Result<std::vector<Token>> { return personal_tokens(tx, user); };
  co_return co_await context_.store.read<std::vector<Token>>(work);
}

}  // namespace gantry::domain
