#pragma once
// Accounts: made by administrators or by registration, changed, switched off, removed. Passwords
// are hashed on the compute pool before the transaction. Safe from any thread.
// Source: contract "rest" 8.4 and 9, "resources" A.1 and B.2.

#include "domain/account_draft.h"
#include "domain/account_removal.h"
#include "domain/context.h"

namespace gantry::domain {

enum class Activity { Active, Inactive };

struct Registration {
  AccountDraft account;
  std::string secret;  // of the Secret URL form
};

// What people change about themselves.
struct OwnProfile {
  AccountDraft changes;
  std::string current_password_digest;  // SHA-256 hex; needed for a new mail address or password
};

// Whose account is meant, as requests name it; the first that is given counts.
struct AccountName {
  std::string id;
  std::string username;
};

class AccountService {
 public:
  explicit AccountService(const Context& context) : context_(context) {}

  // Errors: ActionNotAllowed, FieldRequired, InvalidField, BlockedUsername, FieldUnavailable,
  // InvalidEmail, CapacityReached, Busy.
  Task<User> create(Caller caller, AccountDraft draft);
  // Open to strangers. Errors: Failure with the protocol's words, RegistrationDisabled,
  // RegistrationSecretWrong, BlockedUsername.
  Task<User> register_account(Caller caller, Registration registration);
  // Errors: as create, UserLastOwner, AdminRequired, InvalidUser, NotAllowed.
  Task<User> update(Caller caller, UserId id, AccountDraft draft, Relinquish relinquish);
  // Errors: NotAllowed, TotpRequired and TotpInvalid for the current password, SamePassword,
  // CouldNotSaveIdentity, BlockedUsername, FieldUnavailable.
  Task<User> update_own(Caller caller, OwnProfile profile);
  // Errors: ActionNotAllowed, InvalidUser.
  Task<User> update_preferences(Caller caller, UserId id, json::object preferences);
  // Errors: ActionNotAllowed for the last administrator, UserLastOwner, Failure when absent.
  Task<User> set_active(Caller caller, UserId id, Activity activity, Relinquish relinquish);
  // Returns the rooms that went with it. Errors: ActionNotAllowed for the last administrator,
  // UserLastOwner, CannotDeleteAppUser, InvalidUser.
  Task<std::vector<RoomId>> remove(Caller caller, UserId id, Relinquish relinquish);

  // Errors: BlockedUsername.
  Result<bool> is_username_available(const Caller& caller, const std::string& username) const;
  // Errors: UserParamNotProvided, InvalidUser.
  Result<std::shared_ptr<const User>> get_named(const AccountName& name) const;
  bool sees_everything_of(const Caller& caller, const UserId& id) const;

  // For the administrator's own shell, which may also take reserved names.
  Task<User> system_create(AccountDraft draft);
  // Ends all sessions of the account, too.
  Task<User> system_set_password(UserId id, std::string password);
  Task<std::vector<RoomId>> system_remove(UserId id, Relinquish relinquish);

 private:
  bool may(const Caller& caller, Permission permission) const;
  // What the settings give to new accounts.
  std::vector<std::string> default_roles() const;
  Result<void> check_change(const User& user, const AccountDraft& draft) const;
  Task<std::string> hash(std::string password);
  Task<User> insert(AccountDraft draft);
  // Changes the account inside a transaction; with a password the sessions but `keep_token` end.
  Task<User> write(UserId id, AccountDraft draft, Relinquish relinquish, std::string keep_token);
  Task<User> write_activity(UserId id, Activity activity, Relinquish relinquish);

  const Context context_;
};

}  // namespace gantry::domain
