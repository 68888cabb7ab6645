// Roles, grants and settings: small tables that the directory holds whole.

#include "store/sqlite/extra.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::Grant;
using domain::Role;
using domain::Setting;

constexpr char kSelectRoles[] = "SELECT id, extra FROM roles ORDER BY position";
constexpr char kUpsertRole[] =
    "INSERT INTO roles (id, position, extra) VALUES (?, (SELECT count(*) FROM roles), ?) "
    "ON CONFLICT (id) DO UPDATE SET extra = excluded.extra";
constexpr char kSelectGrants[] = "SELECT permission, roles, updated_at FROM grants";
constexpr char kUpsertGrant[] =
    "INSERT INTO grants (permission, roles, updated_at) VALUES (?, ?, ?) ON CONFLICT (permission) "
    "DO UPDATE SET roles = excluded.roles, updated_at = excluded.updated_at";
constexpr char kSelectSettings[] = "SELECT id, value FROM settings";
constexpr char kUpsertSetting[] =
    "INSERT INTO settings (id, value) VALUES (?, ?) "
    "ON CONFLICT (id) DO UPDATE SET value = excluded.value";

template <class Archive, class RoleType>
void visit_extra(Archive& archive, RoleType& role) {
  archive("name", role.name);
  archive("scope", role.scope);
  archive("description", role.description);
  archive("is_protected", role.is_protected);
  archive("updated_at", role.updated_at);
}

class SqliteRightsStore final : public domain::RightsStore {
 public:
  explicit SqliteRightsStore(Session& session) : session_(session) {}

  std::vector<Role> list_roles() const override {
    std::vector<Role> out;
    Statement row = session_.connection.prepare(kSelectRoles);
    while (row.step()) {
      Role& role = out.emplace_back();
      role.id = row.text(0);
      ExtraReader reader(row.view(1));
      visit_extra(reader, role);
    }
    return out;
  }
  std::vector<Grant> list_grants() const override {
    std::vector<Grant> out;
    Statement row = session_.connection.prepare(kSelectGrants);
    while (row.step()) {
      const auto permission = domain::find_permission(row.view(0));
      if (!permission) continue;  // of a version that had more
      Grant& grant = out.emplace_back(Grant{*permission, {}, row.time(2)});
      const json::value roles = json::parse(row.view(1));
      for (const json::value& role : roles.as_array()) grant.roles.emplace_back(role.as_string());
    }
    return out;
  }
  void put_role(const Role& role) override {
    ExtraWriter writer;
    visit_extra(writer, role);
    session_.connection.prepare(kUpsertRole).bind(role.id, writer.text()).run();
    session_.changes.push_back(domain::RoleChanged{role});
  }
  void put_grant(const Grant& grant) override {
    json::array roles(grant.roles.begin(), grant.roles.end());
    session_.connection.prepare(kUpsertGrant)
        .bind(domain::to_text(grant.permission), json::serialize(roles), grant.updated_at)
        .run();
    session_.changes.push_back(domain::GrantChanged{grant});
  }

 private:
  Session& session_;
};

class SqliteSettingStore final : public domain::SettingStore {
 public:
  explicit SqliteSettingStore(Session& session) : session_(session) {}

  std::vector<std::pair<Setting, json::value>> list() const override {
    std::vector<std::pair<Setting, json::value>> out;
    Statement row = session_.connection.prepare(kSelectSettings);
    while (row.step()) {
      if (const auto* info = domain::find_setting(row.view(0))) {
        out.emplace_back(info->setting, parse_stored(row.view(1)));
      }
    }
    return out;
  }
  void put(Setting setting, const json::value& value) override {
    session_.connection.prepare(kUpsertSetting)
        .bind(domain::info_of(setting).id, json::serialize(value))
        .run();
    session_.changes.push_back(domain::SettingChanged{setting, value});
  }

 private:
  Session& session_;
};

}  // namespace

std::unique_ptr<domain::RightsStore> make_rights_store(Session& session) {
  return std::make_unique<SqliteRightsStore>(session);
}

std::unique_ptr<domain::SettingStore> make_setting_store(Session& session) {
  return std::make_unique<SqliteSettingStore>(session);
}

}  // namespace gantry::store::sqlite
