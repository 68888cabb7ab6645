#pragma once
// login, logout, me. Source: contract "rest" 8 and "resources" B.1.

#include "dispatch/routes.h"
#include "domain/session_service.h"

namespace gantry::api {

// Many body forms are accepted, so the members are open.
struct LoginParameters {
  json::value user;
  json::value username;
  json::value email;
  json::value password;
  json::value resume;
  json::value totp;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("user", &LoginParameters::user, "username or mail address").with_default(),
        wire::field("username", &LoginParameters::username).with_default(),
        wire::field("email", &LoginParameters::email).with_default(),
        wire::field("password", &LoginParameters::password,
                    "plain text, or {digest, algorithm: sha-256}")
            .with_default(),
        wire::field("resume", &LoginParameters::resume, "a login token").with_default(),
        wire::field("totp", &LoginParameters::totp, "{code, login: {...}}").with_default()};
  }
};

class SessionApi {
 public:
  SessionApi(domain::SessionService& sessions, const domain::Directory& directory)
      : sessions_(sessions), directory_(directory) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<dispatch::Reply> login(domain::Caller caller, LoginParameters in);
  Task<dispatch::Reply> logout(domain::Caller caller, dispatch::NoParameters in);
  Result<json::object> me(domain::Caller caller, dispatch::NoParameters in);

  domain::SessionService& sessions_;
  const domain::Directory& directory_;
};

}  // namespace gantry::api
