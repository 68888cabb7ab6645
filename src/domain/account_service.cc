#include "domain/account_service.h"

#include <algorithm>

#include "base/crypto.h"
#include "domain/account_rights.h"
#include "domain/account_rules.h"
#include "domain/error_codes.h"
#include "domain/room_membership.h"
#include "domain/session_service.h"

namespace gantry::domain {
namespace {

constexpr std::size_t kRandomPasswordLength = 20;

Error action_not_allowed(std::string text) {
  return Error(ErrorCode::ActionNotAllowed, std::move(text));
}

Error required(std::string_view field) {
  return Error(ErrorCode::FieldRequired, "The field " + std::string(field) + " is required")
      .with_details({{"field", field}});
}

bool is_empty(const std::optional<std::string>& text) {
  return !text || text->find_first_not_of(" \t\r\n") == std::string::npos;
}

User make_user(const AccountDraft& draft, Time now) {
  User user;
  user.id = new_id<UserId>();
  user.roles = {std::string(kUserRole)};
  user.created_at = user.updated_at = now;
  user.active = draft.active.value_or(true);
  apply_draft(draft, user);
  return user;
}

// Rooms and integrations carry usernames beside ids.
void rename_in(Tx& tx, const User& user, const std::string& old_name, Time now) {
  for (const Subscription& subscription : tx.subscriptions().list_of_user(user.id)) {
    auto room = tx.rooms().find(subscription.room);
    if (!room) continue;
    bool changed = false;
    for (auto* names : {&room->member_names, &room->muted, &room->unmuted}) {
      for (std::string& name : *names) {
        if (name != old_name) continue;
        name = user.username;
        changed = true;
      }
    }
    if (!changed) continue;
    room->updated_at = now;
    tx.rooms().update(*room);
  }
  for (const IntegrationId& id : tx.integrations().list_posting_as(user.id)) {
    auto integration = tx.integrations().find(id);
    if (!integration) continue;
    integration->username = user.username;
    tx.integrations().update(*integration);
  }
}

Result<void> join_default_rooms(Tx& tx, const Directory& directory, const User& user, Time now) {
  for (const auto& known : directory.list_rooms()) {
    if (!known->is_default || known->archived) continue;
    const auto room = tx.rooms().find(known->id);
    if (room) TRY_DO(join_in(tx, directory, *room, user, now, Announce::Join));
  }
  return Done{};
}

Result<void> switch_activity(Tx& tx, User& user, Activity activity, Relinquish relinquish,
                             Time now) {
  const bool active = activity == Activity::Active;
  if (user.active == active) return Done{};
  if (!active) {
    TRY_DO(check_not_last_admin(tx, user));
    TRY_DO(relinquish_rooms(tx, user, relinquish, now));
    remove_tokens(tx, user.id);
  }
  user.active = active;
  set_direct_rooms_writable(tx, user, now);
  return Done{};
}

Result<std::vector<RoomId>> remove_in(Tx& tx, const UserId& id, Relinquish relinquish,
                                      const std::string& erasure, Time now) {
  const auto user = tx.users().find(id);
  if (!user) return Error(ErrorCode::InvalidUser);
  if (user->type == "app") return Error(ErrorCode::CannotDeleteAppUser);
  TRY_DO(check_not_last_admin(tx, *user));
  TRY(auto removed, relinquish_rooms(tx, *user, relinquish, now));
  erase_account(tx, *user, erasure, now);
  return removed;
}

}  // namespace

bool AccountService::may(const Caller& caller, Permission permission) const {
  return caller.logged_in() && context_.directory.has_permission(*caller.user, permission);
}

bool AccountService::sees_everything_of(const Caller& caller, const UserId& id) const {
  return caller.logged_in() &&
         (caller.id() == id || may(caller, Permission::ViewFullOtherUserInfo));
}

Result<std::shared_ptr<const User>> AccountService::get_named(const AccountName& name) const {
  std::shared_ptr<const User> user;
  if (!name.id.empty()) {
    user = context_.directory.find_user(UserId{name.id});
  } else if (!name.username.empty()) {
    user = context_.directory.find_user_by_name(name.username);
  } else {
    return Error(ErrorCode::UserParamNotProvided);
  }
  if (user) return user;
  return Error(ErrorCode::InvalidUser,
               "The required \"userId\" or \"username\" param provided does not match any users");
}

std::vector<std::string> AccountService::default_roles() const {
  std::vector<std::string> out;
  const auto settings = context_.directory.settings();
  for (std::string& role : split_list(settings->get_text(Setting::RegistrationDefaultRoles))) {
    const auto known = context_.directory.find_role(role);
    if (known && known->scope == RoleScope::Users) out.push_back(std::move(role));
  }
  return out;
}

Task<std::string> AccountService::hash(std::string password) {
  const std::function<std::string()> work = [password] {
    return hash_password(Password::from_plain(password));
  };
  co_return co_await context_.compute.run<std::string>(work, ErrorCode::Busy);
}

Task<User> AccountService::create(Caller caller, AccountDraft draft) {
  if (!may(caller, Permission::CreateUser)) {
    co_return action_not_allowed("Adding user is not allowed");
  }
  const auto settings = context_.directory.settings();
  const std::vector<std::string> usual = default_roles();
  if (draft.roles) {
    CO_TRY_DO(check_roles(context_.directory, caller, usual, *draft.roles));
  } else {
    draft.roles = usual;
  }
  if (settings->get_bool(Setting::RequireName) && is_empty(draft.name)) co_return required("Name");
  if (is_empty(draft.username)) co_return required("Username");
  if (draft.random_password) {
    draft.password = random_id(kRandomPasswordLength);
    draft.require_password_change = true;
  }
  if (is_empty(draft.password)) co_return required("Password");
  CO_TRY_DO(check_draft(draft, *settings, BlockedNames::Refused));
  co_return co_await insert(std::move(draft));
}

Task<User> AccountService::system_create(AccountDraft draft) {
  const auto settings = context_.directory.settings();
  if (is_empty(draft.username)) co_return required("Username");
  if (is_empty(draft.password)) co_return required("Password");
  if (is_empty(draft.name)) draft.name = draft.username;
  for (const std::string& role : draft.roles.value_or(std::vector<std::string>{})) {
    const auto known = context_.directory.find_role(role);
    if (!known || known->scope != RoleScope::Users) {
      co_return failure("there is no role \"" + role + "\" that an account can hold");
    }
  }
  CO_TRY_DO(check_draft(draft, *settings, BlockedNames::Allowed));
  co_return co_await insert(std::move(draft));
}

Task<User> AccountService::register_account(Caller caller, Registration registration) {
  if (caller.logged_in()) co_return failure("Logged in users can not register again.");
  AccountDraft& draft = registration.account;
  const auto settings = context_.directory.settings();
  const std::string_view form = settings->get_text(Setting::RegistrationForm);
  if (form == "Disabled") co_return ErrorCode::RegistrationDisabled;
  if (form == "Secret URL") {
    const std::string_view secret = settings->get_text(Setting::RegistrationSecret);
    if (secret.empty() || !constant_time_equal(secret, registration.secret)) {
      co_return ErrorCode::RegistrationSecretWrong;
    }
  }
  if (is_empty(draft.email)) co_return ErrorCode::InvalidEmail;
  if (is_empty(draft.password)) co_return required("Password");
  if (settings->get_bool(Setting::RequireName) && is_empty(draft.name)) co_return required("Name");
  if (auto fits = check_draft(draft, *settings, BlockedNames::Refused); !fits) {
    if (fits.error().code != ErrorCode::InvalidField) co_return std::move(fits).error();
    co_return failure("The username provided is not valid");
  }
  if (context_.directory.find_user_by_name(*draft.username)) {
    co_return failure("Username is already in use");
  }
  if (context_.directory.find_user_by_email(*draft.email)) {
    co_return failure("Email already exists");
  }
  draft.roles = default_roles();
  draft.active = !settings->get_bool(Setting::ManuallyApprove);
  co_return co_await insert(std::move(draft));
}

Task<User> AccountService::insert(AccountDraft draft) {
  // An early refusal spares the hash; the rule itself holds inside the transaction.
  const std::function<Result<void>(const Tx&)> look = [draft](const Tx& tx) {
    return check_available(tx, draft, UserId{});
  };
  CO_TRY_DO(co_await context_.store.read<void>(look));
  CO_TRY(const std::string bcrypt, co_await hash(*draft.password));
  const Time now = context_.clock.now();
  User user = make_user(draft, now);
  user.password_bcrypt = bcrypt;
  const Directory* directory = &context_.directory;
  const std::function<Result<User>(Tx&)> work = [user, draft, directory,
                                                 now](Tx& tx) -> Result<User> {
    TRY_DO(check_available(tx, draft, user.id));
    tx.users().insert(user);
    TRY_DO(tx.record(UserCreated{std::make_shared<const User>(user)}));
    if (draft.default_rooms == DefaultRooms::Join && user.active) {
      TRY_DO(join_default_rooms(tx, *directory, user, now));
    }
    return user;
  };
  co_return co_await context_.store.write<User>(work);
}

Task<User> AccountService::update(Caller caller, UserId id, AccountDraft draft,
                                  Relinquish relinquish) {
  CO_TRY(const auto user, get_named({id.text, {}}));
  CO_TRY_DO(check_edit(context_.directory, caller, *user, draft));
  if (draft.username && draft.username->empty()) co_return required("Username");
  if (draft.random_password) {
    draft.password = random_id(kRandomPasswordLength);
    draft.require_password_change = true;
  }
  if (draft.password && draft.password->empty()) draft.password.reset();
  CO_TRY_DO(check_change(*user, draft));
  co_return co_await write(id, std::move(draft), relinquish, caller.token_hash);
}

// Compat: a new username that is reserved or taken is refused in other words than that of a new
// account (tests/api/users_test.mjs).
Result<void> AccountService::check_change(const User& user, const AccountDraft& draft) const {
  const bool renames = draft.username && to_lower(*draft.username) != to_lower(user.username);
  auto fits = check_draft(draft, *context_.directory.settings(),
                          renames ? BlockedNames::Refused : BlockedNames::Allowed);
  const bool reserved = !fits && fits.error().code == ErrorCode::BlockedUsername;
  if (reserved || (fits && renames && context_.directory.find_user_by_name(*draft.username))) {
    return Error(ErrorCode::CouldNotSaveIdentity);
  }
  return fits;
}

Task<User> AccountService::write(UserId id, AccountDraft draft, Relinquish relinquish,
                                 std::string keep_token) {
  std::string bcrypt;
  if (draft.password) {
    CO_TRY(bcrypt, co_await hash(*draft.password));
  }
  const Time now = context_.clock.now();
  const std::function<Result<User>(Tx&)> work = [id, draft, relinquish, keep_token, bcrypt,
                                                 now](Tx& tx) -> Result<User> {
    auto user = tx.users().find(id);
    if (!user) return Error(ErrorCode::InvalidUser);
    TRY_DO(check_available(tx, draft, id));
    const std::string old_name = user->username;
    const bool was_admin = user->active && user->has_role(kAdminRole);
    if (draft.active) {
      TRY_DO(switch_activity(tx, *user, *draft.active ? Activity::Active : Activity::Inactive,
                             relinquish, now));
    }
    apply_draft(draft, *user);
    if (was_admin && !user->has_role(kAdminRole) && tx.users().count_admins() <= 1) {
      return Error(ErrorCode::AdminRequired);
    }
    if (!bcrypt.empty()) {
      user->password_bcrypt = bcrypt;
      for (const Token& token : tx.users().list_tokens(id)) {
        if (token.kind == TokenKind::Login && token.hash != keep_token) {
          tx.users().remove_token(token.hash);
        }
      }
    }
    user->updated_at = now;
    tx.users().update(*user);
    if (user->username != old_name) rename_in(tx, *user, old_name, now);
    return *std::move(user);
  };
  co_return co_await context_.store.write<User>(work);
}

Task<User> AccountService::update_own(Caller caller, OwnProfile profile) {
  AccountDraft& draft = profile.changes;
  const auto settings = context_.directory.settings();
  const User& user = *caller.user;
  if (!settings->get_bool(Setting::AllowProfileChange)) co_return ErrorCode::NotAllowed;
  CO_TRY_DO(check_own_edit(context_.directory, user, draft));
  const bool changes_email =
      draft.email && (user.emails.empty() || user.emails.front().address != *draft.email);
  if (!changes_email) draft.email.reset();
  if ((changes_email || draft.password) && !user.password_bcrypt.empty()) {
    const bool given = !profile.current_password_digest.empty();
    const std::string digest = to_lower(profile.current_password_digest);
    const std::string stored = user.password_bcrypt;
    const std::function<bool()> work = [given, digest, stored] {
      return given && bcrypt_matches(digest, stored);
    };
    CO_TRY(const bool matches, co_await context_.compute.run<bool>(work, ErrorCode::Busy));
    if (!matches) {
      co_return Error(given ? ErrorCode::TotpInvalid : ErrorCode::TotpRequired)
          .with_details({{"method", "password"},
                         {"codeGenerated", false},
                         {"availableMethods", json::array{}}});
    }
    if (draft.password && sha256_hex(*draft.password) == digest) {
      co_return ErrorCode::SamePassword;
    }
  }
  if (draft.name && is_empty(draft.name)) co_return ErrorCode::CouldNotSaveIdentity;
  if (auto fits = check_change(user, draft); !fits) {
    if (fits.error().code != ErrorCode::InvalidField) co_return std::move(fits).error();
    co_return ErrorCode::CouldNotSaveIdentity;
  }
  co_return co_await write(caller.id(), std::move(draft), Relinquish::Refused, caller.token_hash);
}

Task<User> AccountService::update_preferences(Caller caller, UserId id, json::object preferences) {
  if (id != caller.id() && !may(caller, Permission::EditOtherUserInfo)) {
    co_return action_not_allowed("Editing user is not allowed");
  }
  const Time now = context_.clock.now();
  const std::function<Result<User>(Tx&)> work = [id, preferences, now](Tx& tx) -> Result<User> {
    auto user = tx.users().find(id);
    if (!user) {
      return Error(ErrorCode::InvalidUser,
                   "The optional \"userId\" param provided does not match any users");
    }
    for (const auto& [key, value] : preferences) {
      if (key == "language") {
        user->language = value.is_string() ? std::string(value.get_string()) : std::string();
      } else {
        user->preferences[key] = value;
      }
    }
    user->updated_at = now;
    tx.users().update(*user);
    return *std::move(user);
  };
  co_return co_await context_.store.write<User>(work);
}

Task<User> AccountService::set_active(Caller, UserId id, Activity activity, Relinquish relinquish) {
  if (!context_.directory.find_user(id)) co_return failure("User not found");
  co_return co_await write_activity(id, activity, relinquish);
}

Task<User> AccountService::write_activity(UserId id, Activity activity, Relinquish relinquish) {
  const Time now = context_.clock.now();
  const std::function<Result<User>(Tx&)> work = [id, activity, relinquish,
                                                 now](Tx& tx) -> Result<User> {
    auto user = tx.users().find(id);
    if (!user) return failure("User not found");
    TRY_DO(switch_activity(tx, *user, activity, relinquish, now));
    user->updated_at = now;
    tx.users().update(*user);
    return *std::move(user);
  };
  co_return co_await context_.store.write<User>(work);
}

Task<std::vector<RoomId>> AccountService::remove(Caller, UserId id, Relinquish relinquish) {
  co_return co_await system_remove(id, relinquish);
}

Task<std::vector<RoomId>> AccountService::system_remove(UserId id, Relinquish relinquish) {
  const Time now = context_.clock.now();
  const std::string erasure(context_.directory.settings()->get_text(Setting::MessageErasure));
  const std::function<Result<std::vector<RoomId>>(Tx&)> work = [id, relinquish, erasure,
                                                                now](Tx& tx) {
    return remove_in(tx, id, relinquish, erasure, now);
  };
  co_return co_await context_.store.write<std::vector<RoomId>>(work);
}

Task<User> AccountService::system_set_password(UserId id, std::string password) {
  AccountDraft draft;
  draft.password = std::move(password);
  if (is_empty(draft.password)) co_return required("Password");
  CO_TRY_DO(check_draft(draft, *context_.directory.settings(), BlockedNames::Allowed));
  co_return co_await write(id, std::move(draft), Relinquish::Refused, "");
}

Result<bool> AccountService::is_username_available(const Caller& caller,
                                                   const std::string& username) const {
  if (to_lower(username) == to_lower(caller.user->username)) return true;
  const auto settings = context_.directory.settings();
  if (is_blocked_username(*settings, username)) {
    return blocked_username(username);
  }
  return context_.directory.find_user_by_name(username) == nullptr;
}

}  // namespace gantry::domain
