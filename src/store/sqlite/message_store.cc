#include "store/sqlite/extra.h"
#include "store/sqlite/message_records.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::Message;
using domain::MessageId;
using domain::RoomId;

#define COLUMNS "id, room, sent_at, author, type, thread, extra"
constexpr char kSelectOne[] = "SELECT " COLUMNS " FROM messages WHERE id = ?";
#define IN_RANGE                                                     \
  " FROM messages WHERE room = ? AND sent_at >= ? AND sent_at <= ? " \
  "AND (? OR thread = '' OR json_extract(extra, '$.thread_shown')) " \
  "AND (type = '' OR type NOT IN (SELECT value FROM json_each(?))) "
constexpr char kSelectRange[] =
    "SELECT " COLUMNS IN_RANGE "ORDER BY sent_at DESC, sequence DESC LIMIT ? OFFSET ?";
constexpr char kCountRange[] = "SELECT count(*)" IN_RANGE;
#undef IN_RANGE
constexpr char kSelectOfRoom[] =
    "SELECT " COLUMNS
    " FROM messages WHERE room = ? ORDER BY sent_at DESC, sequence DESC LIMIT ? OFFSET ?";
constexpr char kSelectLatest[] =
    "SELECT " COLUMNS
    " FROM messages WHERE room = ? AND type = '' ORDER BY sent_at DESC, sequence DESC LIMIT 1";
#undef COLUMNS
constexpr char kCountOfRoom[] = "SELECT count(*) FROM messages WHERE room = ?";
constexpr char kInsert[] =
    "INSERT INTO messages (id, room, sent_at, author, type, thread, extra) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";
constexpr char kUpdate[] =
    "UPDATE messages SET sent_at = ?, author = ?, type = ?, thread = ?, extra = ? WHERE id = ?";
constexpr char kDelete[] = "DELETE FROM messages WHERE id = ?";
constexpr char kDiscountAuthor[] =
    "UPDATE rooms SET message_count = max(0, message_count - gone.count) FROM (SELECT room, "
    "count(*) AS count FROM messages WHERE author = ? GROUP BY room) AS gone "
    "WHERE rooms.id = gone.room";
constexpr char kDeleteOfAuthor[] = "DELETE FROM messages WHERE author = ?";
#define LATEST(column)                                                         \
  "(SELECT " column                                                            \
  " FROM messages WHERE room = rooms.id AND type = '' ORDER BY sent_at DESC, " \
  "sequence DESC LIMIT 1)"
constexpr char kRenewLastMessages[] =
    "UPDATE rooms SET last_message_at = " LATEST("sent_at") ", last_message = coalesce(" LATEST(
        "id") ", '') WHERE last_message <> '' AND NOT EXISTS (SELECT 1 FROM messages WHERE "
              "messages.id = rooms.last_message)";
#undef LATEST
constexpr char kGiveToAuthor[] =
    "UPDATE messages SET author = ?, extra = json_set(extra, '$.author_username', ?, "
    "'$.author_name', ?, '$.alias', ?) WHERE author = ?";

// The type of the stub that a deleted message may leave.
constexpr std::string_view kRemovedType = "rm";

template <class Archive, class MessageType>
void visit_extra(Archive& archive, MessageType& message) {
  archive("text", message.text);
  archive("author_name", message.author.name);
  archive("author_username", message.author.username);
  archive("updated_at", message.updated_at);
  archive("role", message.role);
  archive("alias", message.alias);
  archive("avatar", message.avatar);
  archive("emoji", message.emoji);
  archive("groupable", message.groupable);
  archive("parse_urls", message.parse_urls);
  archive("posted_by", message.posted_by);
  archive("bot", message.bot);
  archive("attachments", message.attachments);
  archive("mentions", message.mentions);
  archive("channels", message.channels);
  archive("urls", message.urls);
  archive("file", message.file);
  archive("files", message.files);
  archive("custom_fields", message.custom_fields);
  archive("blocks", message.blocks);
  archive("thread_shown", message.thread_shown);
  archive("reply_count", message.reply_count);
  archive("last_reply_at", message.last_reply_at);
  archive("followers", message.followers);
  archive("edited_at", message.edited_at);
  archive("edited_by", message.edited_by);
  archive("hook_depth", message.hook_depth);
}

std::string extra_of(const Message& message) {
  ExtraWriter writer;
  visit_extra(writer, message);
  return writer.text();
}

Message read_message(const Statement& row) {
  Message message;
  message.id = row.id<MessageId>(0);
  message.room = row.id<RoomId>(1);
  message.sent_at = row.time(2);
  message.author.id = row.id<domain::UserId>(3);
  message.type = row.text(4);
  message.thread = row.id<MessageId>(5);
  ExtraReader reader(row.view(6));
  visit_extra(reader, message);
  return message;
}

std::int64_t limit_of(const domain::Page& page) {
  return page.count == 0 ? -1 : page.count;  // SQL: -1 is no limit
}

struct Bounds {
  explicit Bounds(const domain::MessageRange& range) {
    const std::int64_t edge = range.inclusive ? 0 : 1;
    if (range.oldest) oldest = to_epoch_ms(*range.oldest) + edge;
    if (range.latest) latest = to_epoch_ms(*range.latest) - edge;
    hidden = json::serialize(json::array(range.hidden_types.begin(), range.hidden_types.end()));
  }

  std::int64_t oldest = INT64_MIN;
  std::int64_t latest = INT64_MAX;
  std::string hidden;
};

class SqliteMessageStore final : public domain::MessageStore {
 public:
  explicit SqliteMessageStore(Session& session) : session_(session) {}

  std::optional<Message> find(const MessageId& id) const override {
    Statement statement = session_.connection.prepare(kSelectOne);
    statement.bind(id);
    if (!statement.step()) return std::nullopt;
    return read_message(statement);
  }
  std::vector<Message> list_range(const RoomId& room, const domain::MessageRange& range,
                                  const domain::Page& page) const override {
    const Bounds bounds(range);
    Statement statement = session_.connection.prepare(kSelectRange);
    statement.bind(room, bounds.oldest, bounds.latest, range.with_thread_replies, bounds.hidden,
                   limit_of(page), page.offset);
    return all(statement);
  }
  std::int64_t count_range(const RoomId& room, const domain::MessageRange& range) const override {
    const Bounds bounds(range);
    Statement statement = session_.connection.prepare(kCountRange);
    statement.bind(room, bounds.oldest, bounds.latest, range.with_thread_replies, bounds.hidden)
        .step();
    return statement.integer(0);
  }
  domain::Listed<Message> list_of_room(const RoomId& room,
                                       const domain::Page& page) const override {
    domain::Listed<Message> out;
    Statement count = session_.connection.prepare(kCountOfRoom);
    count.bind(room).step();
    out.total = count.integer(0);
    Statement statement = session_.connection.prepare(kSelectOfRoom);
    statement.bind(room, limit_of(page), page.offset);
    out.items = all(statement);
    return out;
  }
  std::optional<Message> find_latest(const RoomId& room) const override {
    Statement statement = session_.connection.prepare(kSelectLatest);
    statement.bind(room);
    if (!statement.step()) return std::nullopt;
    return read_message(statement);
  }
  bool insert(const Message& message) override {
    const std::string extra = extra_of(message);
    session_.connection.prepare(kInsert)
        .bind(message.id, message.room, message.sent_at, message.author.id, message.type,
              message.thread, extra)
        .run();
    return session_.connection.changes() == 1;
  }
  void update(const Message& message) override {
    session_.connection.prepare(kUpdate)
        .bind(message.sent_at, message.author.id, message.type, message.thread, extra_of(message),
              message.id)
        .run();
    if (message.type == kRemovedType) MessageRecords(session_).forget(message.id, message.sent_at);
  }
  void remove(const MessageId& id) override {
    MessageRecords(session_).forget(id);
    session_.connection.prepare(kDelete).bind(id).run();
  }
  void remove_of_author(const domain::UserId& author) override {
    MessageRecords(session_).forget_of_author(author);
    session_.connection.prepare(kDiscountAuthor).bind(author).run();
    session_.connection.prepare(kDeleteOfAuthor).bind(author).run();
    session_.connection.prepare(kRenewLastMessages).run();
  }
  void give_to_author(const domain::UserId& author, const domain::UserRef& heir,
                      std::string_view alias) override {
    MessageRecords(session_).forget_of_author(author);
    session_.connection.prepare(kGiveToAuthor)
        .bind(heir.id, heir.username, heir.name, alias, author)
        .run();
  }

 private:
  static std::vector<Message> all(Statement& statement) {
    std::vector<Message> out;
    while (statement.step()) out.push_back(read_message(statement));
    return out;
  }

  Session& session_;
};

}  // namespace

std::unique_ptr<domain::MessageStore> make_message_store(Session& session) {
  return std::make_unique<SqliteMessageStore>(session);
}

}  // namespace gantry::store::sqlite
