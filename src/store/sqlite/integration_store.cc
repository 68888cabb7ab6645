#include <set>

#include "store/sqlite/extra.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::Integration;
using domain::IntegrationId;

constexpr char kSelectOne[] = "SELECT id, user, created_at, extra FROM integrations WHERE id = ?";
constexpr char kSelectAll[] = "SELECT id, user, created_at, extra FROM integrations";
constexpr char kSelectOfUser[] = "SELECT id FROM integrations WHERE user = ?";
constexpr char kSelectOfChannel[] =
    "SELECT integration FROM integration_channels WHERE channel = ?";
constexpr char kInsert[] =
    "INSERT INTO integrations (id, user, created_at, extra) VALUES (?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE integrations SET user = ?, created_at = ?, extra = ? WHERE id = ?";
constexpr char kDelete[] = "DELETE FROM integrations WHERE id = ?";
constexpr char kDeleteDeliveries[] = "DELETE FROM deliveries WHERE integration = ?";
constexpr char kDeleteHistory[] = "DELETE FROM history WHERE integration = ?";
constexpr char kDeleteIncomingCalls[] = "DELETE FROM incoming_calls WHERE integration = ?";
constexpr char kDeleteScriptState[] = "DELETE FROM script_state WHERE integration = ?";
constexpr char kDeleteScriptVersions[] = "DELETE FROM script_versions WHERE integration = ?";
constexpr char kForgetFailures[] = "DELETE FROM integration_failures WHERE integration = ?";
constexpr char kAddFailure[] =
    "INSERT INTO integration_failures (integration, since, last_at, lasted, count) "
    "VALUES (?1, ?2, ?2, 0, 1) ON CONFLICT (integration) DO UPDATE SET "
    "lasted = lasted + max(0, min(?3, ?2 - last_at)), last_at = ?2, count = count + 1 "
    "RETURNING since, lasted, count";
constexpr char kInsertChannel[] =
    "INSERT INTO integration_channels (channel, integration) VALUES (?, ?)";
constexpr char kDeleteChannels[] = "DELETE FROM integration_channels WHERE integration = ?";

template <class Archive, class IntegrationType>
void visit_extra(Archive& archive, IntegrationType& integration) {
  archive("type", integration.type);
  archive("name", integration.name);
  archive("enabled", integration.enabled);
  archive("username", integration.username);
  archive("channels", integration.channels);
  archive("script_enabled", integration.script_enabled);
  archive("script", integration.script);
  archive("script_compiled", integration.script_compiled);
  archive("skip_transpile", integration.skip_transpile);
  archive("fresh_state", integration.fresh_state);
  archive("alias", integration.alias);
  archive("avatar", integration.avatar);
  archive("emoji", integration.emoji);
  archive("token", integration.token);
  archive("updated_at", integration.updated_at);
  archive("created_by", integration.created_by);
  archive("updated_by", integration.updated_by);
  archive("override_destination", integration.override_destination);
  archive("verification", integration.verification.preset);
  archive("verification_secrets", integration.verification.secrets);
  archive("verification_tolerance", integration.verification.tolerance_seconds);
  archive("verification_header", integration.verification.header);
  archive("verification_algorithm", integration.verification.algorithm);
  archive("verification_encoding", integration.verification.encoding);
  archive("event", integration.event);
  archive("urls", integration.urls);
  archive("trigger_words", integration.trigger_words);
  archive("trigger_word_anywhere", integration.trigger_word_anywhere);
  archive("target_room", integration.target_room);
  archive("impersonate_user", integration.impersonate_user);
  archive("run_on_edits", integration.run_on_edits);
  archive("retry_failed_calls", integration.retry_failed_calls);
  archive("retry_count", integration.retry_count);
  archive("retry_delay", integration.retry_delay);
  archive("signing_secrets", integration.signing_secrets);
  archive("send_delivery_id", integration.send_delivery_id);
  archive("ca_certificates", integration.ca_certificates);
}

std::string extra_of(const Integration& integration) {
  ExtraWriter writer;
  visit_extra(writer, integration);
  if (integration.script_error) {
    writer("script_error", json::value{{"name", integration.script_error->name},
                                       {"message", integration.script_error->message},
                                       {"stack", integration.script_error->stack}});
  }
  return writer.text();
}

Integration read_integration(const Statement& row) {
  Integration out;
  out.id = row.id<IntegrationId>(0);
  out.user = row.id<domain::UserId>(1);
  out.created_at = row.time(2);
  ExtraReader reader(row.view(3));
  visit_extra(reader, out);
  json::value error;
  reader("script_error", error);
  if (error.is_object()) {
    const json::object& object = error.get_object();
    out.script_error = domain::ScriptError{std::string(text_of(object, "name")),
                                           std::string(text_of(object, "message")),
                                           std::string(text_of(object, "stack"))};
  }
  return out;
}

class SqliteIntegrationStore final : public domain::IntegrationStore {
 public:
  explicit SqliteIntegrationStore(Session& session) : session_(session) {}

  std::optional<Integration> find(const IntegrationId& id) const override {
    Statement row = session_.connection.prepare(kSelectOne);
    row.bind(id);
    if (!row.step()) return std::nullopt;
    return read_integration(row);
  }
  void visit_all(const std::function<void(Integration)>& visit) const override {
    Statement row = session_.connection.prepare(kSelectAll);
    while (row.step()) visit(read_integration(row));
  }
  std::vector<IntegrationId> list_posting_as(const domain::UserId& user) const override {
    return ids(session_.connection.prepare(kSelectOfUser).bind(user));
  }
  std::vector<IntegrationId> list_with_channel(std::string_view channel) const override {
    return ids(session_.connection.prepare(kSelectOfChannel).bind(channel));
  }
  void insert(const Integration& integration) override {
    session_.connection.prepare(kInsert)
        .bind(integration.id, integration.user, integration.created_at, extra_of(integration))
        .run();
    insert_channels(integration);
    changed(integration);
  }
  void update(const Integration& integration) override {
    session_.connection.prepare(kUpdate)
        .bind(integration.user, integration.created_at, extra_of(integration), integration.id)
        .run();
    session_.connection.prepare(kDeleteChannels).bind(integration.id).run();
    insert_channels(integration);
    changed(integration);
  }
  void remove(const IntegrationId& id) override {
    for (const char* sql : {kDeleteDeliveries, kDeleteHistory, kDeleteIncomingCalls,
                            kDeleteScriptState, kDeleteScriptVersions, kForgetFailures, kDelete}) {
      session_.connection.prepare(sql).bind(id).run();
    }
    session_.changes.push_back(domain::IntegrationRemoved{id});
  }

  domain::FailureRun add_failure(const IntegrationId& id, Time at) override {
    Statement row = session_.connection.prepare(kAddFailure);
    row.bind(id, at, std::int64_t{domain::kFailurePauseMax.count()}).step();
    return {row.time(0), Milliseconds{row.integer(1)}, row.integer(2)};
  }
  void forget_failures(const IntegrationId& id) override {
    session_.connection.prepare(kForgetFailures).bind(id).run();
  }

 private:
  static std::vector<IntegrationId> ids(Statement& row) {
    std::vector<IntegrationId> out;
    while (row.step()) out.push_back(row.id<IntegrationId>(0));
    return out;
  }
  void insert_channels(const Integration& integration) {
    const std::set<std::string> channels(integration.channels.begin(), integration.channels.end());
    for (const std::string& channel : channels) {
      session_.connection.prepare(kInsertChannel).bind(channel, integration.id).run();
    }
  }
  void changed(const Integration& integration) {
    session_.changes.push_back(
        domain::IntegrationChanged{std::make_shared<const Integration>(integration)});
  }

  Session& session_;
};

}  // namespace

std::unique_ptr<domain::IntegrationStore> make_integration_store(Session& session) {
  return std::make_unique<SqliteIntegrationStore>(session);
}

}  // namespace gantry::store::sqlite
