#include "app/first_run.h"

#include <algorithm>

#include "base/ids.h"
#include "domain/error_codes.h"
#include "domain/name_pattern.h"
#include "domain/session_service.h"

namespace gantry::app {
namespace {

using domain::RoomId;
using domain::Setting;
using domain::Tx;
using domain::User;
using domain::UserId;

constexpr std::string_view kTestAccount = "rocketchat.internal.admin.test";

void ensure_rights(Tx& tx, Time now) {
  const auto roles = tx.rights().list_roles();
  for (const domain::Role& role : domain::default_roles(now)) {
    const bool known = std::any_of(roles.begin(), roles.end(),
                                   [&](const domain::Role& r) { return r.id == role.id; });
    if (!known) tx.rights().put_role(role);
  }
  const auto grants = tx.rights().list_grants();
  for (const domain::Grant& grant : domain::default_grants(now)) {
    const bool known = std::any_of(grants.begin(), grants.end(), [&](const domain::Grant& g) {
      return g.permission == grant.permission;
    });
    if (!known) tx.rights().put_grant(grant);
  }
}

void ensure_settings(Tx& tx, const Config& config) {
  const auto stored = tx.settings().list();
  const bool fresh = stored.empty();
  const auto find = [&](Setting setting) {
    return std::find_if(stored.begin(), stored.end(),
                        [&](const auto& row) { return row.first == setting; });
  };
  // A start that changes nothing need not wait for the disk.
  const auto ensure = [&](Setting setting, const json::value& value) {
    const auto at = find(setting);
    if (at == stored.end() || at->second != value) tx.settings().put(setting, value);
  };
  if (find(Setting::UniqueId) == stored.end()) ensure(Setting::UniqueId, json::value(random_id()));
  if (fresh) {
    for (const auto& [setting, value] : config.initial_settings) tx.settings().put(setting, value);
  }
  if (!config.root_url.empty()) ensure(Setting::SiteUrl, json::value(config.root_url));
  for (const auto& [setting, value] : config.forced_settings) ensure(setting, value);
}

void ensure_general(Tx& tx, Time now) {
  if (tx.rooms().find(RoomId{"GENERAL"})) return;
  domain::Room room;
  room.id = RoomId{"GENERAL"};
  room.type = domain::RoomType::Channel;
  room.name = "general";
  room.is_default = true;
  room.created_at = room.updated_at = now;
  tx.rooms().insert(room);
}

void ensure_bot(Tx& tx, Time now) {
  const UserId id{"rocket.cat"};
  if (tx.users().find(id)) return;
  User bot;
  bot.id = id;
  bot.username = "rocket.cat";
  bot.name = "Rocket.Cat";
  bot.type = "bot";
  bot.roles = {std::string(domain::kBotRole)};
  bot.created_at = bot.updated_at = now;
  tx.users().insert(bot);
}

void join_default_rooms(Tx& tx, const User& user, Time now) {
  tx.rooms().visit_all([&](const domain::Room& room) {
    if (!room.is_default) return;
    domain::Subscription subscription;
    subscription.id = new_id<domain::SubscriptionId>();
    subscription.room = room.id;
    subscription.user = user.id;
    subscription.joined_at = subscription.updated_at = now;
    tx.subscriptions().insert(subscription);
  });
}

User account(std::string username, const std::string& password, std::string name, Time now) {
  User user;
  user.id = new_id<UserId>();
  user.username = std::move(username);
  user.name = std::move(name);
  user.roles = {std::string(domain::kAdminRole)};
  user.password_bcrypt = domain::hash_password(domain::Password::from_plain(password));
  user.created_at = user.updated_at = now;
  return user;
}

// Known to every reader of this file: only in a workspace that was made for tests.
void ensure_test_account(Tx& tx, Time now) {
  if (tx.users().find(UserId{kTestAccount})) return;
  User user = account(std::string(kTestAccount), std::string(kTestAccount),
                      "RocketChat Internal Admin Test", now);
  user.id = UserId{kTestAccount};
  user.emails = {{std::string(kTestAccount) + "@rocket.chat", true}};
  tx.users().insert(user);
  join_default_rooms(tx, user, now);
}

// A name from the environment that cannot be had gives way to the usual one.
std::string admin_username(const Tx& tx, const Config& config) {
  const std::string& wanted = config.admin.username;
  const std::string_view pattern =
      domain::info_of(Setting::UsernamePattern).default_value.as_string();
  const bool usable =
      domain::fits_name_pattern(pattern, wanted) && !tx.users().find_by_username(wanted);
  return usable ? wanted : AdminAccount().username;
}

Result<void> ensure_admin(Tx& tx, const Config& config, Time now, FirstRun& out) {
  if (tx.users().count_admins() > 0) return Done{};
  out.made_admin = true;
  std::string password = config.admin.password;
  if (password.empty()) {
    password = random_id(20);
    out.admin_password = password;
  }
  out.admin_username = admin_username(tx, config);
  if (tx.users().find_by_username(out.admin_username)) {
    return failure("there is no active administrator, and \"" + out.admin_username +
                   "\" is another account: set ADMIN_USERNAME to a free name");
  }
  User admin = account(out.admin_username, password, config.admin.name, now);
  if (!config.admin.email.empty() && !tx.users().find_by_email(config.admin.email)) {
    admin.emails = {{config.admin.email, config.admin.email_verified}};
  }
  tx.users().insert(admin);
  return Done{};
}

}  // namespace

Result<FirstRun> prepare_workspace(domain::Store& store, const Config& config, Time now) {
  FirstRun out;
  TRY_DO(store.write_now([&](Tx& tx) -> Result<void> {
    ensure_rights(tx, now);
    ensure_settings(tx, config);
    ensure_general(tx, now);
    ensure_bot(tx, now);
    // In test mode the test account administers, beside an administrator that was asked for.
    if (!config.test_mode || !config.admin.password.empty()) {
      TRY_DO(ensure_admin(tx, config, now, out));
    }
    if (config.test_mode) ensure_test_account(tx, now);
    return Done{};
  }));
  return out;
}

}  // namespace gantry::app
