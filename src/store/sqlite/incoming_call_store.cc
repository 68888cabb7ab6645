#include "store/sqlite/extra.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::IncomingCall;
using domain::IncomingCallId;
using domain::IntegrationId;

#define FACTS                                                                      \
  "id, integration, maker, created_at, finished_at, idempotency_key IS NOT NULL, " \
  "body_hash, extra, content = ''"
#define IN_RANGE                                                        \
  " FROM incoming_calls WHERE integration = ? AND created_at >= ? AND " \
  "created_at < ? AND (? = '' OR maker = ?) AND (? < 0 OR ok = ?)"
constexpr char kSelectOne[] = "SELECT " FACTS ", content FROM incoming_calls WHERE id = ?";
constexpr char kSelectByKey[] = "SELECT " FACTS
                                ", content FROM incoming_calls "
                                "WHERE integration = ? AND idempotency_key = ? AND created_at >= ?";
constexpr char kSelectRange[] =
    "SELECT " FACTS IN_RANGE " ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?";
constexpr char kCountRange[] = "SELECT count(*)" IN_RANGE;
#undef FACTS
#undef IN_RANGE
constexpr char kReleaseKey[] =
    "UPDATE incoming_calls SET idempotency_key = NULL "
    "WHERE integration = ? AND idempotency_key = ? AND created_at < ?";
constexpr char kFindKey[] =
    "SELECT 1 FROM incoming_calls WHERE integration = ? AND idempotency_key = ?";
constexpr char kInsert[] =
    "INSERT INTO incoming_calls (id, integration, maker, ok, created_at, finished_at, "
    "idempotency_key, body_hash, extra, content) SELECT ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ? "
    "WHERE EXISTS (SELECT 1 FROM integrations WHERE id = ?)";
constexpr char kInsertMessage[] =
    "INSERT INTO incoming_call_messages (message, call) VALUES (?, ?) ON CONFLICT DO NOTHING";
constexpr char kPrune[] =
    "DELETE FROM incoming_calls WHERE id IN "
    "(SELECT id FROM incoming_calls WHERE id < ? ORDER BY id LIMIT ?)";

template <class Archive, class CallType>
void visit_facts(Archive& archive, CallType& call) {
  archive("given_key", call.idempotency_key);
  archive("answered_by", call.answered_by);
  archive("content_type", call.content_type);
  archive("body_bytes", call.body_bytes);
  archive("headers", call.headers);
  archive("status", call.status);
}

template <class Archive, class RunType>
void visit_run(Archive& archive, RunType& run) {
  archive("script_end", run.end);
  archive("script_cpu_us", run.cpu_us);
  archive("script_memory_bytes", run.memory_bytes);
}

template <class Archive, class ContentType>
void visit_content(Archive& archive, ContentType& content) {
  archive("query", content.query);
  archive("body", content.body);
  archive("returned", content.returned);
  archive("console", content.console);
  archive("error", content.error);
  archive("answer", content.answer);
}

std::string extra_of(const IncomingCall& call) {
  ExtraWriter writer;
  visit_facts(writer, call);
  if (call.script) visit_run(writer, *call.script);
  json::array posted;
  for (const domain::IncomingPost& post : call.posted) {
    posted.push_back({{"room", post.room.text}, {"message", post.message.text}});
  }
  writer("posted", posted);
  return writer.text();
}

std::string content_of(const IncomingCall& call) {
  ExtraWriter writer;
  visit_content(writer, call.content);
  return writer.text();
}

IncomingCall read_facts(const Statement& row) {
  IncomingCall out;
  out.id = row.id<IncomingCallId>(0);
  out.integration = row.id<IntegrationId>(1);
  out.integration_maker = row.id<domain::UserId>(2);
  out.created_at = row.time(3);
  out.finished_at = row.time(4);
  out.holds_key = row.boolean(5);
  out.body_hash = row.text(6);
  ExtraReader reader(row.view(7));
  visit_facts(reader, out);
  domain::IncomingScriptRun run;
  visit_run(reader, run);
  if (!run.end.empty()) out.script = std::move(run);
  json::array posted;
  reader("posted", posted);
  for (const json::value& post : posted) {
    out.posted.push_back({domain::RoomId{text_of(post.as_object(), "room")},
                          domain::MessageId{text_of(post.as_object(), "message")}});
  }
  out.forgotten = row.boolean(8);
  return out;
}

IncomingCall read_whole(const Statement& row) {
  IncomingCall out = read_facts(row);
  if (out.forgotten) return out;
  ExtraReader reader(row.view(9));
  visit_content(reader, out.content);
  return out;
}

struct Filter {
  explicit Filter(const domain::IncomingCallRange& range)
      : maker(range.maker ? range.maker->text : ""),
        ok(range.ok ? static_cast<int>(*range.ok) : -1) {
    if (range.from) from = to_epoch_ms(*range.from);
    if (range.to) to = to_epoch_ms(*range.to);
  }
  Statement& bind_to(Statement& row, const IntegrationId& integration) const {
    return row.bind(integration, from, to, maker, maker, ok, ok);
  }

  std::string maker;
  int ok;
  std::int64_t from = INT64_MIN;
  std::int64_t to = INT64_MAX;
};

class SqliteIncomingCallStore final : public domain::IncomingCallStore {
 public:
  explicit SqliteIncomingCallStore(Session& session) : session_(session) {}

  std::optional<IncomingCall> find(const IncomingCallId& id) const override {
    Statement row = session_.connection.prepare(kSelectOne);
    row.bind(id);
    if (!row.step()) return std::nullopt;
    return read_whole(row);
  }
  std::optional<IncomingCall> find_by_key(const IntegrationId& integration, std::string_view key,
                                          Time since) const override {
    Statement row = session_.connection.prepare(kSelectByKey);
    row.bind(integration, key, since);
    if (!row.step()) return std::nullopt;
    return read_whole(row);
  }
  domain::Listed<IncomingCall> list(const domain::IncomingCallRange& range,
                                    const domain::Page& page) const override {
    const Filter filter(range);
    domain::Listed<IncomingCall> out;
    Statement count = session_.connection.prepare(kCountRange);
    filter.bind_to(count, range.integration).step();
    out.total = count.integer(0);
    Statement row = session_.connection.prepare(kSelectRange);
    filter.bind_to(row, range.integration)
        .bind(page.count == 0 ? std::int64_t{-1} : page.count, page.offset);
    while (row.step()) out.items.push_back(read_facts(row));
    return out;
  }
  bool insert(const IncomingCall& call, Time keys_since) override {
    if (call.holds_key && !take_key(call, keys_since)) return false;
    const std::string key = call.holds_key ? call.idempotency_key : std::string();
    const std::string extra = extra_of(call);
    const std::string content = content_of(call);
    session_.connection.prepare(kInsert)
        .bind(call.id, call.integration, call.integration_maker, call.ok(), call.created_at,
              call.finished_at, key, call.body_hash, extra, content, call.integration)
        .run();
    if (session_.connection.changes() == 0) return true;
    for (const domain::IncomingPost& post : call.posted) {
      session_.connection.prepare(kInsertMessage).bind(post.message, call.id).run();
    }
    return true;
  }
  std::int64_t prune(Time before, std::int64_t count) override {
    const std::string first_kept = ordered_id(before).substr(0, kIdTimeLength);
    session_.connection.prepare(kPrune).bind(first_kept, count).run();
    return session_.connection.changes();
  }

 private:
  bool take_key(const IncomingCall& call, Time keys_since) {
    session_.connection.prepare(kReleaseKey)
        .bind(call.integration, call.idempotency_key, keys_since)
        .run();
    Statement holder = session_.connection.prepare(kFindKey);
    holder.bind(call.integration, call.idempotency_key);
    return !holder.step();
  }

  Session& session_;
};

}  // namespace

std::unique_ptr<domain::IncomingCallStore> make_incoming_call_store(Session& session) {
  return std::make_unique<SqliteIncomingCallStore>(session);
}

}  // namespace gantry::store::sqlite
