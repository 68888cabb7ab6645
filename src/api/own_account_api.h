#pragma once
// users.*: what people do with their own account: profile, preferences, sessions and personal
// access tokens. Source: contract "resources" B.2.

#include "api/users_api.h"
#include "dispatch/routes.h"
#include "domain/account_service.h"
#include "domain/personal_token_service.h"
#include "domain/session_service.h"
#include "wire/preferences.h"

namespace gantry::api {

struct OwnData {
  std::optional<std::string> email;
  std::optional<std::string> name;
  std::optional<std::string> username;
  std::optional<std::string> nickname;
  std::optional<std::string> bio;
  std::optional<std::string> status_text;
  std::optional<std::string> status_type;
  std::string current_password;
  std::optional<std::string> new_password;

  static constexpr auto fields() {
    return std::tuple{wire::field("email", &OwnData::email, "mail address"),
                      wire::field("name", &OwnData::name, "display name"),
                      wire::field("username", &OwnData::username, "user name"),
                      wire::field("nickname", &OwnData::nickname, "a second name"),
                      wire::field("bio", &OwnData::bio, "about the person"),
                      wire::field("statusText", &OwnData::status_text, "what the person is doing"),
                      wire::field("statusType", &OwnData::status_type, "the status to be shown")
                          .one_of({"online", "away", "busy", "offline"}),
                      wire::field("currentPassword", &OwnData::current_password,
                                  "SHA-256 of the password; for a new mail address or password")
                          .with_default(),
                      wire::field("newPassword", &OwnData::new_password, "plain text")};
  }
};

struct UpdateOwnBasicInfo {
  OwnData data;
  std::optional<json::object> custom_fields;

  static constexpr auto fields() {
    return std::tuple{wire::field("data", &UpdateOwnBasicInfo::data, "what changes"),
                      wire::field("customFields", &UpdateOwnBasicInfo::custom_fields,
                                  "the workspace's own fields")};
  }
};

struct SetPreferences {
  std::string user_id;
  wire::PreferenceChanges data;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("userId", &SetPreferences::user_id, "another's account").with_default(),
        wire::field("data", &SetPreferences::data, "what changes")};
  }
};

struct NamedToken {
  std::string name;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("tokenName", &NamedToken::name, "name of the token").min_length(1)};
  }
};

struct NewToken : NamedToken {
  bool bypass_two_factor = false;

  static constexpr auto fields() {
    return std::tuple_cat(NamedToken::fields(),
                          std::tuple{wire::field("bypassTwoFactor", &NewToken::bypass_two_factor,
                                                 "whether second factors are not asked for")
                                         .with_default()});
  }
};

struct CreateTokenOf {
  std::string user_id;
  std::string secret;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("userId", &CreateTokenOf::user_id, "whose session it is"),
        wire::field("secret", &CreateTokenOf::secret, "CREATE_TOKENS_FOR_USERS_SECRET")};
  }
};

struct LogoutAccount {
  std::string user_id;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("userId", &LogoutAccount::user_id, "another's account").with_default()};
  }
};

struct UsernameQuestion {
  std::string username;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("username", &UsernameQuestion::username, "the name to be looked at")};
  }
};

class OwnAccountApi {
 public:
  OwnAccountApi(domain::AccountService& accounts, domain::SessionService& sessions,
                domain::PersonalTokenService& tokens, const domain::Directory& directory)
      : accounts_(accounts), sessions_(sessions), tokens_(tokens), directory_(directory) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> update_own_basic_info(domain::Caller caller, UpdateOwnBasicInfo in);
  Result<json::object> get_preferences(domain::Caller caller, dispatch::NoParameters in);
  Task<json::object> set_preferences(domain::Caller caller, SetPreferences in);
  Result<json::object> check_username(domain::Caller caller, UsernameQuestion in);
  Result<json::object> get_status(domain::Caller caller, NamedAccount in);
  Result<json::object> get_presence(domain::Caller caller, NamedAccount in);

  Task<json::object> generate_token(domain::Caller caller, NewToken in);
  Task<json::object> regenerate_token(domain::Caller caller, NamedToken in);
  Task<json::object> list_tokens(domain::Caller caller, dispatch::NoParameters in);
  Task<dispatch::Success> remove_token(domain::Caller caller, NamedToken in);

  Task<json::object> create_token_of(domain::Caller caller, CreateTokenOf in);
  Task<json::object> logout(domain::Caller caller, LogoutAccount in);
  Task<json::object> logout_other_clients(domain::Caller caller, dispatch::NoParameters in);
  Task<dispatch::Success> remove_other_tokens(domain::Caller caller, dispatch::NoParameters in);

  // The caller when nobody is named. Errors: InvalidUser.
  Result<std::shared_ptr<const domain::User>> get_meant(const domain::Caller& caller,
                                                        const NamedAccount& in) const;

  domain::AccountService& accounts_;
  domain::SessionService& sessions_;
  domain::PersonalTokenService& tokens_;
  const domain::Directory& directory_;
};

}  // namespace gantry::api
