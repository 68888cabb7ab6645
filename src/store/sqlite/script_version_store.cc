#include "domain/script_version.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::IntegrationId;
using domain::ScriptVersion;

constexpr char kSelectOne[] =
    "SELECT number, hash, bytes, saved_at, user, username, script FROM script_versions "
    "WHERE integration = ? AND number = ?";
constexpr char kSelectPage[] =
    "SELECT number, hash, bytes, saved_at, user, username FROM script_versions "
    "WHERE integration = ? ORDER BY number DESC LIMIT ? OFFSET ?";
constexpr char kCount[] = "SELECT count(*) FROM script_versions WHERE integration = ?";
constexpr char kSelectNewest[] =
    "SELECT coalesce(max(number), 0) FROM script_versions WHERE integration = ?";
constexpr char kInsert[] =
    "INSERT INTO script_versions (integration, number, hash, bytes, saved_at, user, username, "
    "script) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
// Those before whom the newer ones already fill a limit; never the newest.
constexpr char kPrune[] =
    "DELETE FROM script_versions WHERE integration = ?1 AND number IN (SELECT number FROM "
    "(SELECT number, row_number() OVER newest_first AS place, sum(bytes) OVER newest_first AS held "
    "FROM script_versions WHERE integration = ?1 WINDOW newest_first AS (ORDER BY number DESC)) "
    "WHERE place > 1 AND (place > ?2 OR held > ?3))";

ScriptVersion read_facts(const Statement& row) {
  ScriptVersion out;
  out.number = row.integer(0);
  out.hash = row.text(1);
  out.bytes = row.integer(2);
  out.saved_at = row.time(3);
  auto user = row.id<domain::UserId>(4);
  if (!user.empty()) out.saved_by = domain::UserRef{std::move(user), row.text(5), ""};
  return out;
}

class SqliteScriptVersionStore final : public domain::ScriptVersionStore {
 public:
  explicit SqliteScriptVersionStore(Session& session) : session_(session) {}

  std::optional<ScriptVersion> find(const IntegrationId& id, std::int64_t number) const override {
    Statement row = session_.connection.prepare(kSelectOne);
    row.bind(id, number);
    if (!row.step()) return std::nullopt;
    ScriptVersion out = read_facts(row);
    out.script = row.text(6);
    return out;
  }
  domain::Listed<ScriptVersion> list(const IntegrationId& id,
                                     const domain::Page& page) const override {
    domain::Listed<ScriptVersion> out;
    out.total = number_of(kCount, id);
    Statement row = session_.connection.prepare(kSelectPage);
    const std::int64_t count = page.count == 0 ? -1 : page.count;
    row.bind(id, count, page.offset);
    while (row.step()) out.items.push_back(read_facts(row));
    return out;
  }
  void append(const IntegrationId& id, ScriptVersion version) override {
    const std::int64_t number = number_of(kSelectNewest, id) + 1;
    const domain::UserRef who = version.saved_by.value_or(domain::UserRef{});
    session_.connection.prepare(kInsert)
        .bind(id, number, version.hash, version.bytes, version.saved_at, who.id, who.username,
              version.script)
        .run();
    session_.connection.prepare(kPrune)
        .bind(id, domain::kScriptVersionsMax, domain::kScriptVersionBytesMax)
        .run();
  }

 private:
  std::int64_t number_of(const char* sql, const IntegrationId& id) const {
    Statement row = session_.connection.prepare(sql);
    row.bind(id);
    row.step();
    return row.integer(0);
  }

  Session& session_;
};

}  // namespace

std::unique_ptr<domain::ScriptVersionStore> make_script_version_store(Session& session) {
  return std::make_unique<SqliteScriptVersionStore>(session);
}

}  // namespace gantry::store::sqlite
