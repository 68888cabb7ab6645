#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::IntegrationId;
using domain::PruneStep;
using domain::RecordKind;

// The statements of one kind of record.
struct Statements {
  const char* beyond;
  const char* oldest_of_span;  // row, time, whether it may go
  const char* remove;
  const char* bytes;
  const char* oldest;
};

#define BEYOND(table, column)                                               \
  "SELECT " column " FROM " table " WHERE integration = ? ORDER BY " column \
  " DESC LIMIT 1 "                                                          \
  "OFFSET ?"
#define SPAN(table, column, row, may_go)                                                    \
  "SELECT " row ", " column ", " may_go " FROM " table " WHERE integration = ? AND " column \
  " BETWEEN ? AND ? ORDER BY " column " LIMIT ?"
// Ids begin with a time, so rows of a span lie together. Of the other columns and of the indexes a
// row takes about so much.
#define BYTES(table, content) \
  "SELECT total(length(CAST(" content " AS BLOB)) + 250) FROM " table " WHERE id >= ? AND id < ?"

// In the order of RecordKind. A record that has no end is of an open delivery, or was left by a
// delivery that ended later.
constexpr Statements kStatements[] = {
    {BEYOND("deliveries", "created_at"), SPAN("deliveries", "created_at", "sequence", "state >= 2"),
     "DELETE FROM deliveries WHERE sequence = ?", BYTES("deliveries", "extra"),
     "SELECT created_at FROM deliveries ORDER BY sequence LIMIT 1"},
    {BEYOND("history", "updated_at"),
     SPAN("history", "updated_at", "id",
          "finished OR NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.id = history.delivery "
          "AND state < 2)"),
     "DELETE FROM history WHERE id = ?", BYTES("history", "extra"),
     "SELECT updated_at FROM history ORDER BY updated_at LIMIT 1"},
    {BEYOND("incoming_calls", "created_at"), SPAN("incoming_calls", "created_at", "id", "1"),
     "DELETE FROM incoming_calls WHERE id = ?", BYTES("incoming_calls", "extra || content"),
     "SELECT created_at FROM incoming_calls ORDER BY id LIMIT 1"},
};
#undef BYTES
#undef SPAN
#undef BEYOND
constexpr char kCountAllBytes[] =
    "SELECT (page_count - freelist_count) * page_size "
    "FROM pragma_page_count, pragma_freelist_count, pragma_page_size";

const Statements& statements_of(RecordKind kind) {
  return kStatements[static_cast<std::size_t>(kind)];
}

struct Found {
  std::string row;
  bool may_go = false;
};

class SqliteRecordStore final : public domain::RecordStore {
 public:
  explicit SqliteRecordStore(Session& session) : session_(session) {}

  std::optional<Time> find_beyond(RecordKind kind, const IntegrationId& integration,
                                  std::int64_t kept) const override {
    Statement row = session_.connection.prepare(statements_of(kind).beyond);
    row.bind(integration, kept);
    if (!row.step()) return std::nullopt;
    return row.time(0);
  }
  PruneStep prune(RecordKind kind, const IntegrationId& integration, Time from, Time to,
                  std::int64_t count) override {
    PruneStep out;
    std::vector<Found> found;
    {
      Statement row = session_.connection.prepare(statements_of(kind).oldest_of_span);
      row.bind(integration, from, to, count);
      while (row.step()) {
        found.push_back({row.text(0), row.boolean(2)});
        out.last = row.time(1);
      }
    }
    out.looked_at = static_cast<std::int64_t>(found.size());
    for (const Found& one : found) {
      if (!one.may_go) continue;
      session_.connection.prepare(statements_of(kind).remove).bind(one.row).run();
      ++out.removed;
    }
    return out;
  }
  std::int64_t count_bytes(Time from, Time to) const override {
    const std::string first = id_time_part(from);
    const std::string end = id_time_part(to);
    std::int64_t out = 0;
    for (const Statements& statements : kStatements) {
      Statement row = session_.connection.prepare(statements.bytes);
      row.bind(first, end).step();
      out += row.integer(0);
    }
    return out;
  }
  std::optional<Time> find_oldest() const override {
    std::optional<Time> out;
    for (const Statements& statements : kStatements) {
      Statement row = session_.connection.prepare(statements.oldest);
      if (row.step() && (!out || row.time(0) < *out)) out = row.time(0);
    }
    return out;
  }
  std::int64_t count_all_bytes() const override {
    Statement row = session_.connection.prepare(kCountAllBytes);
    row.step();
    return row.integer(0);
  }

 private:
  Session& session_;
};

}  // namespace

std::unique_ptr<domain::RecordStore> make_record_store(Session& session) {
  return std::make_unique<SqliteRecordStore>(session);
}

}  // namespace gantry::store::sqlite
