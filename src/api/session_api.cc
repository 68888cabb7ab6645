#include "api/session_api.h"

#include "domain/error_codes.h"
#include "wire/user_json.h"

namespace gantry::api {
namespace {

using domain::NameKind;

struct Credentials {
  NameKind kind = NameKind::Any;
  std::string name;
  domain::Password password;
};

std::optional<domain::Password> read_password(const json::value& value) {
  if (value.is_string()) return domain::Password::from_plain(value.get_string());
  if (const json::object* object = value.if_object()) {
    if (text_of(*object, "algorithm") != "sha-256") return std::nullopt;
    return domain::Password::from_digest(text_of(*object, "digest"));
  }
  return std::nullopt;
}

// {username}, {email} or {id} of the account protocol.
void read_user(const json::object& user, Credentials& out) {
  for (const auto& [key, kind] :
       {std::pair{"username", NameKind::Username}, std::pair{"email", NameKind::Email},
        std::pair{"id", NameKind::Id}}) {
    const std::string_view name = text_of(user, key);
    if (name.empty()) continue;
    out.kind = kind;
    out.name = name;
    return;
  }
}

Result<Credentials> read_credentials(const LoginParameters& in) {
  const Error unusable =
      Error(ErrorCode::LoginFailed, "Unrecognized options for login request").with_details(400);
  Credentials out;
  if (const json::object* user = in.user.if_object()) {
    read_user(*user, out);
  } else {
    for (const auto& [value, kind] :
         {std::pair{&in.user, NameKind::Any}, std::pair{&in.username, NameKind::Username},
          std::pair{&in.email, NameKind::Email}}) {
      if (!out.name.empty() || !value->is_string()) continue;
      out.kind = kind;
      out.name = value->get_string();
    }
  }
  const auto password = read_password(in.password);
  if (out.name.empty() || !password) return unusable;
  out.password = *password;
  return out;
}

}  // namespace

void SessionApi::add_routes(dispatch::Routes& routes) {
  routes.post("/api/v1/login", *this, &SessionApi::login,
              {.auth = dispatch::Auth::Open, .summary = "Log in"});
  routes.post("/api/v1/logout", *this, &SessionApi::logout, {.summary = "Forget this token"});
  routes.get("/api/v1/logout", *this, &SessionApi::logout, {.summary = "Forget this token"});
  routes.get("/api/v1/me", *this, &SessionApi::me, {.summary = "The caller's own account"});
}

Task<dispatch::Reply> SessionApi::login(domain::Caller, LoginParameters in) {
  // {totp: {login: {...}}} wraps the plain form.
  if (const json::object* totp = in.totp.if_object()) {
    if (const json::value* inner = find_member(*totp, "login")) {
      in = wire::from_json<LoginParameters>(*inner);
    }
  }
  domain::LoggedIn session;
  if (in.resume.is_string()) {
    CO_TRY(session, co_await sessions_.resume(std::string(in.resume.get_string())));
  } else {
    CO_TRY(Credentials who, read_credentials(in));
    CO_TRY(session, co_await sessions_.login(who.kind, who.name, who.password));
  }
  const auto settings = directory_.settings();
  co_return dispatch::to_reply(json::object{
      {"status", "success"},
      {"data",
       {{"userId", session.user->id.text},
        {"authToken", session.token},
        {"me", wire::to_me_json(*session.user, settings->get_text(domain::Setting::SiteUrl))}}}});
}

Task<dispatch::Reply> SessionApi::logout(domain::Caller caller, dispatch::NoParameters) {
  CO_TRY_DO(co_await sessions_.logout(std::move(caller)));
  // Compat: the one reply without `success` (tests/api/login_test.mjs).
  co_return dispatch::Reply{
      .headers = {},
      .body = to_json_text(
          json::object{{"status", "success"}, {"data", {{"message", "You've been logged out!"}}}})};
}

Result<json::object> SessionApi::me(domain::Caller caller, dispatch::NoParameters) {
  const auto settings = directory_.settings();
  return wire::to_me_json(*caller.user, settings->get_text(domain::Setting::SiteUrl));
}

}  // namespace gantry::api
