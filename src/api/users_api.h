#pragma once
// users.*: accounts as administrators and strangers see and make them. What people do with their
// own account is own_account_api. Source: contract "resources" B.2.

#include "api/list_parameters.h"
#include "dispatch/routes.h"
#include "domain/account_service.h"
#include "domain/context.h"

namespace gantry::api {

// One account, as most requests name it.
struct NamedAccount {
  std::string user_id;
  std::string username;
  std::string user;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("userId", &NamedAccount::user_id, "id of the account").with_default(),
        wire::field("username", &NamedAccount::username, "its user name").with_default(),
        wire::field("user", &NamedAccount::user, "its user name, too").with_default()};
  }
};

struct AccountData {
  std::optional<std::string> email;
  std::optional<std::string> name;
  std::optional<std::string> password;
  std::optional<std::string> username;
  std::optional<bool> active;
  std::optional<bool> verified;
  std::optional<bool> require_password_change;
  std::optional<std::vector<std::string>> roles;
  std::optional<std::string> bio;
  std::optional<std::string> nickname;
  std::optional<std::string> status_text;
  std::optional<json::object> custom_fields;
  bool random_password = false;
  bool join_default_rooms = true;

  static constexpr std::size_t kMinProperties = 1;
  static constexpr auto fields() {
    return std::tuple{
        wire::field("email", &AccountData::email, "mail address"),
        wire::field("name", &AccountData::name, "display name"),
        wire::field("password", &AccountData::password, "plain text"),
        wire::field("username", &AccountData::username, "user name, unique without case"),
        wire::field("active", &AccountData::active, "whether it may log in"),
        wire::field("verified", &AccountData::verified, "whether the mail address is confirmed"),
        wire::field("requirePasswordChange", &AccountData::require_password_change,
                    "asks clients for a new password at the next login"),
        wire::field("roles", &AccountData::roles, "ids of roles of scope Users"),
        wire::field("bio", &AccountData::bio, "about the person"),
        wire::field("nickname", &AccountData::nickname, "a second name"),
        wire::field("statusText", &AccountData::status_text, "what the person is doing"),
        wire::field("customFields", &AccountData::custom_fields, "the workspace's own fields"),
        wire::field("setRandomPassword", &AccountData::random_password, "instead of a password")
            .with_default(),
        wire::field("joinDefaultChannels", &AccountData::join_default_rooms,
                    "whether a new account joins the default rooms")
            .with_default()};
  }
};

struct CreateAccount : AccountData {
  static constexpr std::size_t kMinProperties = 0;
  static constexpr std::array<std::string_view, 3> kRequired{"email", "name", "username"};
};

struct RegisterAccount {
  std::string username;
  std::string email;
  std::string password;
  std::string name;
  std::string secret;
  std::string reason;
  std::optional<json::object> custom_fields;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("username", &RegisterAccount::username, "user name, unique without case"),
        wire::field("email", &RegisterAccount::email, "mail address"),
        wire::field("pass", &RegisterAccount::password, "the password in plain text"),
        wire::field("name", &RegisterAccount::name, "display name"),
        wire::field("secretURL", &RegisterAccount::secret, "secret of the registration form")
            .with_default(),
        wire::field("reason", &RegisterAccount::reason, "told to who approves the account")
            .with_default(),
        wire::field("customFields", &RegisterAccount::custom_fields, "the workspace's own fields")};
  }
};

struct UpdateAccount {
  std::string user_id;
  AccountData data;
  bool confirm_relinquish = false;

  static constexpr auto fields() {
    return std::tuple{wire::field("userId", &UpdateAccount::user_id, "id of the account"),
                      wire::field("data", &UpdateAccount::data, "what changes"),
                      wire::field("confirmRelinquish", &UpdateAccount::confirm_relinquish,
                                  "whether rooms that it alone owns may change hands")
                          .with_default()};
  }
};

struct DeleteAccount : NamedAccount {
  bool confirm_relinquish = false;

  static constexpr auto fields() {
    return std::tuple_cat(
        NamedAccount::fields(),
        std::tuple{wire::field("confirmRelinquish", &DeleteAccount::confirm_relinquish,
                               "whether rooms that it alone owns may change hands or go")
                       .with_default()});
  }
};

struct SetActiveStatus {
  std::string user_id;
  bool active = false;
  bool confirm_relinquish = false;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("userId", &SetActiveStatus::user_id, "id of the account"),
        wire::field("activeStatus", &SetActiveStatus::active, "whether it may log in"),
        wire::field("confirmRelinquish", &SetActiveStatus::confirm_relinquish,
                    "whether rooms that it alone owns may change hands or go")
            .with_default()};
  }
};

struct FindAccount {
  std::string user_id;
  std::string username;
  std::string email;
  std::string import_id;
  bool with_rooms = false;
  std::string projection;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("userId", &FindAccount::user_id, "id of the account").with_default(),
        wire::field("username", &FindAccount::username, "its user name").with_default(),
        wire::field("email", &FindAccount::email, "its mail address").with_default(),
        wire::field("importId", &FindAccount::import_id, "never found: nothing is imported")
            .with_default(),
        wire::field("includeUserRooms", &FindAccount::with_rooms, "adds the rooms of the account")
            .with_default(),
        wire::field("fields", &FindAccount::projection,
                    "JSON: {\"userRooms\": 1} asks for the rooms, too; mostly switched off")
            .with_default()};
  }
};

struct ListAccounts : ListParameters {
  std::string email;

  static constexpr auto fields() {
    return std::tuple_cat(ListParameters::fields(),
                          std::tuple{wire::field("email", &ListAccounts::email,
                                                 "only the account of this mail address")
                                         .with_default()});
  }
};

class UsersApi {
 public:
  UsersApi(domain::AccountService& accounts, domain::Store& store,
           const domain::Directory& directory, const ListReader& lists)
      : accounts_(accounts), store_(store), directory_(directory), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> create(domain::Caller caller, CreateAccount in);
  Task<json::object> register_account(domain::Caller caller, RegisterAccount in);
  Task<json::object> update(domain::Caller caller, UpdateAccount in);
  Task<json::object> remove(domain::Caller caller, DeleteAccount in);
  Task<json::object> set_active_status(domain::Caller caller, SetActiveStatus in);
  Task<json::object> info(domain::Caller caller, FindAccount in);
  Result<json::object> list(domain::Caller caller, ListAccounts in);

  Result<std::shared_ptr<const domain::User>> find(const domain::Caller& caller,
                                                   const FindAccount& in) const;
  Task<json::array> rooms_of(domain::UserId user);
  Result<bool> wants_rooms(const FindAccount& in) const;
  json::object view_for(const domain::Caller& caller, const domain::User& user) const;

  domain::AccountService& accounts_;
  domain::Store& store_;
  const domain::Directory& directory_;
  const ListReader& lists_;
};

}  // namespace gantry::api
