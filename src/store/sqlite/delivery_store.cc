#include "store/sqlite/delivery_store.h"

#include "store/sqlite/delivery_selection.h"
#include "store/sqlite/extra.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::Delivery;
using domain::DeliveryId;
using domain::HistoryEntry;
using domain::HistoryId;
using domain::IntegrationId;

#define COLUMNS "sequence, id, integration, state, tries, next_at, created_at, cancelled_by, extra"
constexpr char kSelectDelivery[] = "SELECT " COLUMNS " FROM deliveries WHERE id = ?";
constexpr char kSelectOpen[] =
    "SELECT " COLUMNS " FROM deliveries WHERE state < 2 AND sequence > ? ORDER BY sequence LIMIT ?";
constexpr char kSelectAt[] = "SELECT " COLUMNS " FROM deliveries WHERE sequence = ?";
#undef COLUMNS
constexpr char kCountOpen[] = "SELECT count(*) FROM deliveries WHERE state < 2";
constexpr char kSelectOldestOpen[] =
    "SELECT created_at FROM deliveries WHERE state < 2 ORDER BY sequence LIMIT 1";
constexpr char kInsertDelivery[] =
    "INSERT INTO deliveries (id, integration, state, tries, next_at, created_at, extra) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdateDelivery[] =
    "UPDATE deliveries SET state = ?, tries = ?, next_at = ?, cancelled_by = ? WHERE id = ?";
// The fate of a message, where there is one to tell, is the first member of `extra`.
#define MESSAGE_GONE "extra GLOB '{\"message_fate\":*'"
constexpr char kEndAttempt[] =
    "UPDATE deliveries SET state = ?1, tries = ?2, next_at = ?3 WHERE sequence = ?4 AND id = ?5 "
    "AND cancelled_by = '' AND NOT " MESSAGE_GONE;
#undef MESSAGE_GONE
constexpr char kEndDropped[] =
    "UPDATE deliveries SET state = iif(?1 = 2, ?1, state), tries = ?2, next_at = ?3 WHERE id = ?4";
constexpr char kRewriteDelivery[] = "UPDATE deliveries SET state = ?, extra = ? WHERE id = ?";

#define COLUMNS "id, delivery, integration, maker, finished, updated_at, extra"
constexpr char kSelectEntry[] = "SELECT " COLUMNS " FROM history WHERE id = ?";
constexpr char kSelectHistory[] = "SELECT " COLUMNS
                                  " FROM history WHERE integration = ? AND (? = '' OR maker = ?) "
                                  "ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?";
#undef COLUMNS
constexpr char kCountHistory[] =
    "SELECT count(*) FROM history WHERE integration = ? AND (? = '' OR maker = ?)";
#define INSERT_HISTORY                                                                   \
  "INSERT INTO history (id, delivery, integration, maker, finished, updated_at, extra) " \
  "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO "
constexpr char kUpsertHistory[] = INSERT_HISTORY
    "UPDATE SET finished = excluded.finished, updated_at = excluded.updated_at, "
    "extra = excluded.extra";
constexpr char kBeginHistory[] = INSERT_HISTORY "NOTHING";
#undef INSERT_HISTORY
constexpr char kDeleteHistory[] = "DELETE FROM history WHERE integration = ?";
constexpr char kPruneHistory[] =
    "DELETE FROM history WHERE id IN (SELECT id FROM history WHERE updated_at < ? AND (finished = "
    "1 "
    "OR NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.id = history.delivery AND state < 2))"
    " ORDER BY updated_at LIMIT ?)";
constexpr char kSelectOldest[] =
    "SELECT sequence, created_at, state FROM deliveries WHERE sequence > ? ORDER BY sequence "
    "LIMIT ?";
constexpr char kDeleteDelivery[] = "DELETE FROM deliveries WHERE sequence = ?";
constexpr char kSelectState[] =
    "SELECT state FROM script_state WHERE integration = ? AND revision = ?";
constexpr char kUpsertState[] =
    "INSERT INTO script_state (integration, revision, state) VALUES (?, ?, ?) "
    "ON CONFLICT (integration) DO UPDATE SET revision = excluded.revision, state = excluded.state";

template <class Archive, class DeliveryType>
void visit_delivery(Archive& archive, DeliveryType& delivery) {
  archive("message_fate", delivery.message_fate);
  archive("event", delivery.event);
  archive("url", delivery.url);
  archive("data", delivery.data);
  archive("trigger_word", delivery.trigger_word);
  archive("room", delivery.room);
  archive("user", delivery.user);
  archive("message", delivery.message);
  archive("hook_depth", delivery.hook_depth);
  archive("replay", delivery.replay);
}

std::string extra_of(const Delivery& delivery) {
  ExtraWriter writer;
  visit_delivery(writer, delivery);
  return writer.text();
}

Delivery read_delivery(const Statement& row) {
  Delivery out;
  out.sequence = row.integer(0);
  out.id = row.id<DeliveryId>(1);
  out.integration = row.id<IntegrationId>(2);
  out.state = static_cast<domain::DeliveryState>(row.integer(3));
  out.tries = static_cast<int>(row.integer(4));
  out.next_at = row.time(5);
  out.created_at = row.time(6);
  out.cancelled_by = row.id<domain::UserId>(7);
  ExtraReader reader(row.view(8));
  visit_delivery(reader, out);
  return out;
}

template <class Archive, class EntryType>
void visit_entry(Archive& archive, EntryType& entry) {
  archive("attempt", entry.attempt);
  archive("step", entry.step);
  archive("event", entry.event);
  archive("integration_copy", entry.integration_copy);
  archive("data", entry.data);
  archive("trigger_word", entry.trigger_word);
  archive("target_url", entry.target_url);
  archive("ran_prepare", entry.ran_prepare);
  archive("url", entry.url);
  archive("http_result", entry.http_result);
  archive("http_status", entry.http_status);
  archive("http_error", entry.http_error);
  archive("error", entry.error);
  archive("error_stack", entry.error_stack);
  archive("prepare_sent", entry.prepare_sent);
  archive("process_sent", entry.process_sent);
  archive("result_message", entry.result_message);
  archive("console", entry.console);
  archive("forgotten", entry.forgotten);
  archive("not_kept", entry.not_kept);
  archive("created_at", entry.created_at);
}

// Mostly the payload is sent as it is, and then it is stored once.
constexpr std::string_view kCallData = "http_call_data";
constexpr std::string_view kSentAsIs = "sent_as_is";

bool sent_as_is(const HistoryEntry& entry) {
  return !entry.data.is_null() && entry.http_call_data == entry.data;
}

HistoryEntry read_entry(const Statement& row) {
  HistoryEntry out;
  out.id = row.id<HistoryId>(0);
  out.delivery = row.id<DeliveryId>(1);
  out.integration = row.id<IntegrationId>(2);
  out.integration_maker = row.id<domain::UserId>(3);
  out.finished = row.boolean(4);
  out.updated_at = row.time(5);
  ExtraReader reader(row.view(6));
  visit_entry(reader, out);
  reader(kCallData, out.http_call_data);
  bool as_is = false;
  reader(kSentAsIs, as_is);
  if (as_is) out.http_call_data = out.data;
  return out;
}

class SqliteDeliveryStore final : public domain::DeliveryStore {
 public:
  explicit SqliteDeliveryStore(Session& session) : session_(session) {}

  std::optional<Delivery> find(const DeliveryId& id) const override {
    Statement row = session_.connection.prepare(kSelectDelivery);
    row.bind(id);
    if (!row.step()) return std::nullopt;
    return read_delivery(row);
  }
  void visit_open(std::int64_t after, std::size_t count,
                  const std::function<void(Delivery)>& visit) const override {
    Statement row = session_.connection.prepare(kSelectOpen);
    row.bind(after, static_cast<std::int64_t>(count));
    while (row.step()) visit(read_delivery(row));
  }
  void visit_range(const domain::DeliveryRange& range, const domain::Page& page,
                   const std::function<void(Delivery)>& visit) const override {
    for (const std::int64_t sequence : newest_of(session_.connection, range, page)) {
      Statement row = session_.connection.prepare(kSelectAt);
      row.bind(sequence).step();
      visit(read_delivery(row));
    }
  }
  domain::DeliveryCounts count_range(const domain::DeliveryRange& range) const override {
    return count_deliveries(session_.connection, range);
  }
  std::int64_t count_open() const override {
    Statement row = session_.connection.prepare(kCountOpen);
    row.step();
    return row.integer(0);
  }
  std::optional<Time> find_oldest_open() const override {
    Statement row = session_.connection.prepare(kSelectOldestOpen);
    if (!row.step()) return std::nullopt;
    return row.time(0);
  }
  void insert(Delivery& delivery) override {
    const std::string extra = extra_of(delivery);
    session_.connection.prepare(kInsertDelivery)
        .bind(delivery.id, delivery.integration, static_cast<int>(delivery.state), delivery.tries,
              delivery.next_at, delivery.created_at, extra)
        .run();
    delivery.sequence = session_.connection.last_insert_rowid();
  }
  void rewrite(const Delivery& delivery) override { sqlite::rewrite(session_, delivery); }
  void update(const Delivery& delivery) override {
    session_.connection.prepare(kUpdateDelivery)
        .bind(static_cast<int>(delivery.state), delivery.tries, delivery.next_at,
              delivery.cancelled_by, delivery.id)
        .run();
  }
  domain::AttemptEnding end_attempt(const Delivery& delivery) override {
    const int state = static_cast<int>(delivery.state);
    session_.connection.prepare(kEndAttempt)
        .bind(state, delivery.tries, delivery.next_at, delivery.sequence, delivery.id)
        .run();
    if (session_.connection.changes() == 1) return {delivery.state, false};
    session_.connection.prepare(kEndDropped)
        .bind(state, delivery.tries, delivery.next_at, delivery.id)
        .run();
    const std::optional<Delivery> found = find(delivery.id);
    // Without a row it went with its integration.
    if (!found) return {};
    return {found->state, found->forgotten()};
  }

  std::optional<HistoryEntry> find_history(const HistoryId& id) const override {
    Statement row = session_.connection.prepare(kSelectEntry);
    row.bind(id);
    if (!row.step()) return std::nullopt;
    return read_entry(row);
  }
  domain::Listed<HistoryEntry> list_history(const domain::HistoryRange& range,
                                            const domain::Page& page) const override {
    const std::string maker = range.maker ? range.maker->text : std::string();
    domain::Listed<HistoryEntry> out;
    Statement count = session_.connection.prepare(kCountHistory);
    count.bind(range.integration, maker, maker).step();
    out.total = count.integer(0);
    Statement row = session_.connection.prepare(kSelectHistory);
    row.bind(range.integration, maker, maker, page.count == 0 ? std::int64_t{-1} : page.count,
             page.offset);
    while (row.step()) out.items.push_back(read_entry(row));
    return out;
  }
  void put_history(const HistoryEntry& entry) override { write_history(kUpsertHistory, entry); }
  void begin_history(const HistoryEntry& entry) override { write_history(kBeginHistory, entry); }
  void remove_history(const IntegrationId& integration) override {
    session_.connection.prepare(kDeleteHistory).bind(integration).run();
  }
  std::int64_t prune_history(Time before, std::int64_t count) override {
    session_.connection.prepare(kPruneHistory).bind(before, count).run();
    return session_.connection.changes();
  }
  domain::DeliveryPruning prune_deliveries(Time before, std::int64_t after,
                                           std::int64_t count) override {
    domain::DeliveryPruning out;
    std::vector<std::int64_t> ended;
    {
      Statement row = session_.connection.prepare(kSelectOldest);
      row.bind(after, count);
      while (row.step()) {
        out.last = row.integer(0);
        if (row.time(1) >= before) continue;
        ++out.old;
        const Delivery found{.state = static_cast<domain::DeliveryState>(row.integer(2))};
        if (!found.open()) ended.push_back(out.last);
      }
    }
    for (const std::int64_t sequence : ended) {
      session_.connection.prepare(kDeleteDelivery).bind(sequence).run();
    }
    out.removed = static_cast<std::int64_t>(ended.size());
    return out;
  }

  std::optional<json::object> find_script_state(const IntegrationId& id,
                                                std::string_view revision) const override {
    Statement row = session_.connection.prepare(kSelectState);
    row.bind(id, revision);
    if (!row.step()) return std::nullopt;
    return parse_stored(row.view(0)).as_object();
  }
  void put_script_state(const IntegrationId& id, std::string_view revision,
                        const json::object& state) override {
    session_.connection.prepare(kUpsertState).bind(id, revision, json::serialize(state)).run();
  }

 private:
  void write_history(const char* sql, const HistoryEntry& entry) {
    ExtraWriter writer;
    visit_entry(writer, entry);
    if (sent_as_is(entry)) {
      writer(kSentAsIs, true);
    } else {
      writer(kCallData, entry.http_call_data);
    }
    const std::string extra = writer.text();
    session_.connection.prepare(sql)
        .bind(entry.id, entry.delivery, entry.integration, entry.integration_maker, entry.finished,
              entry.updated_at, extra)
        .run();
  }

  Session& session_;
};

}  // namespace

void rewrite(Session& session, const Delivery& delivery) {
  const std::string extra = extra_of(delivery);
  session.connection.prepare(kRewriteDelivery)
      .bind(static_cast<int>(delivery.state), extra, delivery.id)
      .run();
}

std::unique_ptr<domain::DeliveryStore> make_delivery_store(Session& session) {
  return std::make_unique<SqliteDeliveryStore>(session);
}

}  // namespace gantry::store::sqlite
