#include "api/own_account_api.h"

#include "domain/error_codes.h"
#include "wire/user_json.h"

namespace gantry::api {

using domain::Caller;
using domain::Permission;
using domain::User;
using domain::UserId;

void OwnAccountApi::add_routes(dispatch::Routes& routes) {
  using dispatch::SecondFactor;
  using dispatch::Validation;
  routes.post("/api/v1/users.updateOwnBasicInfo", *this, &OwnAccountApi::update_own_basic_info,
              {.own_limit = dispatch::RateLimit{1, Milliseconds{60'000}},
               .summary = "Change one's own profile"});
  routes.get("/api/v1/users.getPreferences", *this, &OwnAccountApi::get_preferences,
             {.summary = "One's own preferences"});
  routes.post("/api/v1/users.setPreferences", *this, &OwnAccountApi::set_preferences,
              {.summary = "Change preferences"});
  routes.get("/api/v1/users.checkUsernameAvailability", *this, &OwnAccountApi::check_username,
             {.validation = Validation::Newer, .summary = "Whether a user name can be taken"});
  routes.get("/api/v1/users.getStatus", *this, &OwnAccountApi::get_status,
             {.validation = Validation::Newer, .summary = "The status of an account"});
  routes.get("/api/v1/users.getPresence", *this, &OwnAccountApi::get_presence,
             {.validation = Validation::Newer, .summary = "Whether an account is connected"});

  routes.post("/api/v1/users.generatePersonalAccessToken", *this, &OwnAccountApi::generate_token,
              {.second_factor = SecondFactor::Asked, .summary = "Make a personal access token"});
  routes.post("/api/v1/users.regeneratePersonalAccessToken", *this,
              &OwnAccountApi::regenerate_token,
              {.second_factor = SecondFactor::Asked, .summary = "Renew a personal access token"});
  routes.get("/api/v1/users.getPersonalAccessTokens", *this, &OwnAccountApi::list_tokens,
             {.any_permission = {Permission::CreatePersonalAccessTokens},
              .summary = "One's own personal access tokens"});
  routes.post("/api/v1/users.removePersonalAccessToken", *this, &OwnAccountApi::remove_token,
              {.second_factor = SecondFactor::Asked, .summary = "Remove a personal access token"});

  routes.post("/api/v1/users.createToken", *this, &OwnAccountApi::create_token_of,
              {.second_factor = SecondFactor::Asked, .summary = "A session of another account"});
  routes.post("/api/v1/users.logout", *this, &OwnAccountApi::logout,
              {.summary = "End all sessions and tokens of an account"});
  routes.post("/api/v1/users.logoutOtherClients", *this, &OwnAccountApi::logout_other_clients,
              {.summary = "End all sessions and begin a new one"});
  routes.post("/api/v1/users.removeOtherTokens", *this, &OwnAccountApi::remove_other_tokens,
              {.summary = "End all sessions but this one"});
}

Task<json::object> OwnAccountApi::update_own_basic_info(Caller caller, UpdateOwnBasicInfo in) {
  domain::OwnProfile profile;
  profile.changes.email = std::move(in.data.email);
  profile.changes.name = std::move(in.data.name);
  profile.changes.username = std::move(in.data.username);
  profile.changes.nickname = std::move(in.data.nickname);
  profile.changes.bio = std::move(in.data.bio);
  profile.changes.status_text = std::move(in.data.status_text);
  profile.changes.status_default = std::move(in.data.status_type);
  profile.changes.password = std::move(in.data.new_password);
  profile.changes.custom_fields = std::move(in.custom_fields);
  profile.current_password_digest = std::move(in.data.current_password);
  CO_TRY(const User user, co_await accounts_.update_own(caller, std::move(profile)));
  const auto settings = directory_.settings();
  co_return json::object{
      {"user", wire::to_me_json(user, settings->get_text(domain::Setting::SiteUrl))}};
}

Result<json::object> OwnAccountApi::get_preferences(Caller caller, dispatch::NoParameters) {
  json::object own = wire::own_preferences_of(*caller.user);
  if (own.empty()) own = wire::preferences_of(*caller.user);
  return json::object{{"preferences", std::move(own)}};
}

Task<json::object> OwnAccountApi::set_preferences(Caller caller, SetPreferences in) {
  const UserId id = in.user_id.empty() ? caller.id() : UserId{in.user_id};
  CO_TRY(const User user,
         co_await accounts_.update_preferences(caller, id, std::move(in.data.values)));
  co_return json::object{
      {"user",
       {{"_id", user.id.text}, {"settings", {{"preferences", wire::own_preferences_of(user)}}}}}};
}

Result<json::object> OwnAccountApi::check_username(Caller caller, UsernameQuestion in) {
  TRY(const bool available, accounts_.is_username_available(caller, in.username));
  return json::object{{"result", available}};
}

Result<std::shared_ptr<const User>> OwnAccountApi::get_meant(const Caller& caller,
                                                             const NamedAccount& in) const {
  const std::string& username = in.username.empty() ? in.user : in.username;
  if (in.user_id.empty() && username.empty()) return caller.user;
  return accounts_.get_named({in.user_id, username});
}

Result<json::object> OwnAccountApi::get_status(Caller caller, NamedAccount in) {
  TRY(const auto user, get_meant(caller, in));
  json::object out{{"_id", user->id.text}, {"message", user->status_text}};
  out["status"] = wire::presence_of(*user);
  if (user->id == caller.id()) out["connectionStatus"] = "offline";
  return out;
}

Result<json::object> OwnAccountApi::get_presence(Caller caller, NamedAccount in) {
  TRY(const auto user, get_meant(caller, in));
  json::object out;
  out["presence"] = wire::presence_of(*user);
  if (user->id != caller.id()) return out;
  out["connectionStatus"] = "offline";
  if (user->last_login) out["lastLogin"] = to_iso(*user->last_login);
  return out;
}

Task<json::object> OwnAccountApi::generate_token(Caller caller, NewToken in) {
  const auto bypass =
      in.bypass_two_factor ? domain::BypassTwoFactor::Yes : domain::BypassTwoFactor::No;
  CO_TRY(std::string token, co_await tokens_.create(std::move(caller), in.name, bypass));
  co_return json::object{{"token", std::move(token)}};
}

Task<json::object> OwnAccountApi::regenerate_token(Caller caller, NamedToken in) {
  CO_TRY(std::string token, co_await tokens_.regenerate(std::move(caller), in.name));
  co_return json::object{{"token", std::move(token)}};
}

Task<json::object> OwnAccountApi::list_tokens(Caller caller, dispatch::NoParameters) {
  CO_TRY(const auto tokens, co_await tokens_.list(std::move(caller)));
  json::array rows;
  for (const domain::Token& token : tokens) rows.emplace_back(wire::to_json(token));
  co_return json::object{{"tokens", std::move(rows)}};
}

Task<dispatch::Success> OwnAccountApi::remove_token(Caller caller, NamedToken in) {
  CO_TRY_DO(co_await tokens_.remove(std::move(caller), in.name));
  co_return dispatch::Success{};
}

Task<json::object> OwnAccountApi::create_token_of(Caller caller, CreateTokenOf in) {
  CO_TRY(const auto session,
         co_await sessions_.create_token_for(std::move(caller), UserId{in.user_id}, in.secret));
  co_return json::object{
      {"data", {{"userId", session.user->id.text}, {"authToken", session.token}}}};
}

Task<json::object> OwnAccountApi::logout(Caller caller, LogoutAccount in) {
  const UserId id = in.user_id.empty() ? caller.id() : UserId{in.user_id};
  CO_TRY_DO(co_await sessions_.logout_everywhere(std::move(caller), id));
  co_return json::object{{"message", "User " + id.text + " has been logged out!"}};
}

Task<json::object> OwnAccountApi::logout_other_clients(Caller caller, dispatch::NoParameters) {
  CO_TRY(const auto session, co_await sessions_.renew(std::move(caller)));
  co_return json::object{{"token", session.token}, {"tokenExpires", to_iso(sessions_.expiry())}};
}

Task<dispatch::Success> OwnAccountApi::remove_other_tokens(Caller caller, dispatch::NoParameters) {
  CO_TRY_DO(co_await sessions_.logout_others(std::move(caller)));
  co_return dispatch::Success{};
}

}  // namespace gantry::api
