#include "app/account_commands.h"

#include <algorithm>
#include <functional>

#include "domain/error_codes.h"

namespace gantry::app {
namespace {

constexpr std::size_t kRandomPasswordLength = 20;

json::object describe(const domain::User& user) {
  json::object out{{"_id", user.id.text}, {"username", user.username}, {"name", user.name}};
  if (!user.emails.empty()) out["email"] = user.emails.front().address;
  out["type"] = user.type;
  out["active"] = user.active;
  out["roles"] = json::array(user.roles.begin(), user.roles.end());
  out["createdAt"] = to_iso(user.created_at);
  return out;
}

}  // namespace

void AccountCommands::add_to(ControlCommands& commands) {
  commands.add("user.add", std::bind_front(&AccountCommands::add, this));
  commands.add("user.list", std::bind_front(&AccountCommands::list, this));
  commands.add("user.passwd", std::bind_front(&AccountCommands::set_password, this));
  commands.add("user.remove", std::bind_front(&AccountCommands::remove, this));
}

Result<std::shared_ptr<const domain::User>> AccountCommands::get_account(
    const json::object& in) const {
  const std::string name(text_of(in, "username"));
  auto user = directory_.find_user_by_name(name);
  if (user) return user;
  return failure("there is no account \"" + name + "\"");
}

Task<json::object> AccountCommands::add(json::object in) {
  domain::AccountDraft draft;
  draft.username = std::string(text_of(in, "username"));
  draft.name = std::string(text_of(in, "name"));
  draft.password = std::string(text_of(in, "password"));
  const std::string email(text_of(in, "email"));
  if (!email.empty()) {
    draft.email = email;
    draft.email_verified = true;
  }
  std::vector<std::string> roles;
  if (const json::value* given = find_member(in, "roles"); given != nullptr && given->is_array()) {
    for (const json::value& role : given->get_array()) {
      if (role.is_string()) roles.emplace_back(role.get_string());
    }
  }
  if (!roles.empty()) draft.roles = std::move(roles);
  const bool made_up = draft.password->empty();
  if (made_up) draft.password = random_id(kRandomPasswordLength);
  const std::string password = *draft.password;
  CO_TRY(const domain::User user, co_await accounts_.system_create(std::move(draft)));
  json::object out{{"user", describe(user)}};
  if (made_up) out["password"] = password;
  co_return out;
}

Task<json::object> AccountCommands::list(json::object) {
  auto users = directory_.list_users();
  std::sort(users.begin(), users.end(),
            [](const auto& a, const auto& b) { return a->username < b->username; });
  json::array rows;
  for (const auto& user : users) rows.emplace_back(describe(*user));
  co_return json::object{{"users", std::move(rows)}};
}

Task<json::object> AccountCommands::set_password(json::object in) {
  CO_TRY(const auto account, get_account(in));
  CO_TRY(const domain::User user,
         co_await accounts_.system_set_password(account->id, std::string(text_of(in, "password"))));
  co_return json::object{{"user", describe(user)}};
}

Task<json::object> AccountCommands::remove(json::object in) {
  CO_TRY(const auto account, get_account(in));
  const json::value* confirmed = find_member(in, "confirmRelinquish");
  const auto relinquish = confirmed != nullptr && is_truthy(*confirmed)
                              ? domain::Relinquish::Confirmed
                              : domain::Relinquish::Refused;
  auto removed = co_await accounts_.system_remove(account->id, relinquish);
  if (!removed && removed.error().code == ErrorCode::UserLastOwner) {
    co_return failure("\"" + account->username +
                      "\" alone owns rooms: " + to_json_text(removed.error().details) +
                      "; give them another owner, or say --confirm-relinquish");
  }
  if (!removed) co_return std::move(removed).error();
  json::array rooms;
  for (const domain::RoomId& room : *removed) rooms.emplace_back(room.text);
  co_return json::object{{"user", describe(*account)}, {"deletedRooms", std::move(rooms)}};
}

}  // namespace gantry::app
