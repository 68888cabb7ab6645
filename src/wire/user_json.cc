#include "wire/user_json.h"

#include "base/time.h"
#include "wire/preferences.h"

namespace gantry::wire {
namespace {

json::array emails_json(const domain::User& user) {
  json::array out;
  for (const domain::Email& email : user.emails) {
    out.push_back({{"address", email.address}, {"verified", email.verified}});
  }
  return out;
}

void put_text(json::object& out, std::string_view key, const std::string& text) {
  if (!text.empty()) out[key] = text;
}

}  // namespace

// Presence is known only through realtime connections, of which there are none.
std::string_view presence_of(const domain::User& user) {
  return user.type == "bot" ? "online" : "offline";
}

json::object to_json(const domain::User& user, UserView view) {
  json::object out{{"_id", user.id.text}};
  put_text(out, "username", user.username);
  put_text(out, "name", user.name);
  put_text(out, "nickname", user.nickname);
  put_text(out, "bio", user.bio);
  out["status"] = presence_of(user);
  if (!user.status_text.empty()) out["statusText"] = user.status_text;
  out["type"] = user.type;
  out["active"] = user.active;
  if (user.utc_offset) out["utcOffset"] = *user.utc_offset;
  put_text(out, "reason", user.reason);
  if (view == UserView::Limited) return out;
  out["statusDefault"] = user.status_default;
  out["statusConnection"] = "offline";
  out["roles"] = json::array(user.roles.begin(), user.roles.end());
  if (!user.emails.empty()) out["emails"] = emails_json(user);
  out["createdAt"] = to_iso(user.created_at);
  if (user.last_login) out["lastLogin"] = to_iso(*user.last_login);
  if (!user.custom_fields.empty()) out["customFields"] = user.custom_fields;
  out["settings"] = {{"profile", json::object{}}, {"preferences", user.preferences}};
  out["requirePasswordChange"] = user.require_password_change;
  out["_updatedAt"] = to_iso(user.updated_at);
  return out;
}

json::object to_me_json(const domain::User& user, std::string_view site_url) {
  json::object out = to_json(user, UserView::Full);
  out.erase("createdAt");
  out.erase("lastLogin");
  out["settings"] = {{"profile", json::object{}}, {"preferences", preferences_of(user)}};
  out["customFields"] = user.custom_fields;
  put_text(out, "language", user.language);
  for (const domain::Email& email : user.emails) {
    if (email.verified) {
      out["email"] = email.address;
      break;
    }
  }
  out["isOAuthUser"] = false;
  out["avatarUrl"] = std::string(site_url) + "/avatar/" + user.username;
  out["services"] = {{"password", {{"exists", !user.password_bcrypt.empty()}}}};
  return out;
}

json::object to_json(const domain::UserRef& user) {
  json::object out{{"_id", user.id.text}, {"username", user.username}};
  put_text(out, "name", user.name);
  return out;
}

json::object to_json(const domain::Token& token) {
  return {{"name", token.name},
          {"createdAt", to_iso(token.created_at)},
          {"lastTokenPart", token.last_part},
          {"bypassTwoFactor", token.bypass_two_factor}};
}

}  // namespace gantry::wire
