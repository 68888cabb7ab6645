#include "store/sqlite/extra.h"
#include "store/sqlite/message_records.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::Room;
using domain::RoomActivity;
using domain::RoomId;

constexpr char kSelectRoom[] =
    "SELECT id, type, name, created_at, updated_at, extra FROM rooms WHERE id = ?";
constexpr char kSelectRoomByName[] =
    "SELECT id, type, name, created_at, updated_at, extra FROM rooms WHERE name = ? AND name <> ''";
constexpr char kSelectAllRooms[] =
    "SELECT id, type, name, created_at, updated_at, extra FROM rooms";
constexpr char kSelectActivity[] =
    "SELECT message_count, last_message_at, last_message FROM rooms WHERE id = ?";
constexpr char kInsertRoom[] =
    "INSERT INTO rooms (id, type, name, created_at, updated_at, extra) VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kUpdateRoom[] =
    "UPDATE rooms SET type = ?, name = ?, created_at = ?, updated_at = ?, extra = ? WHERE id = ?";
constexpr char kDeleteRoom[] = "DELETE FROM rooms WHERE id = ?";
constexpr char kCountMessages[] = "UPDATE rooms SET message_count = message_count + ? WHERE id = ?";
constexpr char kCountLastMessage[] =
    "UPDATE rooms SET message_count = message_count + ?, last_message_at = ?, last_message = ? "
    "WHERE id = ?";
constexpr char kForgetLastMessage[] =
    "UPDATE rooms SET last_message_at = NULL, last_message = '' WHERE id = ?";

template <class Archive, class RoomType>
void visit_extra(Archive& archive, RoomType& room) {
  archive("fname", room.fname);
  archive("creator", room.creator);
  archive("topic", room.topic);
  archive("description", room.description);
  archive("announcement", room.announcement);
  archive("read_only", room.read_only);
  archive("react_when_read_only", room.react_when_read_only);
  archive("archived", room.archived);
  archive("is_default", room.is_default);
  archive("broadcast", room.broadcast);
  archive("encrypted", room.encrypted);
  archive("join_code", room.join_code);
  archive("parent", room.parent);
  archive("system_messages", room.system_messages);
  archive("custom_fields", room.custom_fields);
  archive("muted", room.muted);
  archive("unmuted", room.unmuted);
  archive("member_ids", room.member_ids);
  archive("member_names", room.member_names);
}

std::string extra_of(const Room& room) {
  ExtraWriter writer;
  visit_extra(writer, room);
  return writer.text();
}

std::string_view type_text(const Room& room) {
  switch (room.type) {
    case domain::RoomType::Channel:
      return "c";
    case domain::RoomType::Group:
      return "p";
    case domain::RoomType::Direct:
      return "d";
  }
  throw std::logic_error("unknown room type");
}

Room read_room(const Statement& row) {
  Room room;
  room.id = row.id<RoomId>(0);
  room.type = static_cast<domain::RoomType>(row.view(1).front());
  room.name = row.text(2);
  room.created_at = row.time(3);
  room.updated_at = row.time(4);
  ExtraReader reader(row.view(5));
  visit_extra(reader, room);
  return room;
}

class SqliteRoomStore final : public domain::RoomStore {
 public:
  explicit SqliteRoomStore(Session& session) : session_(session) {}

  std::optional<Room> find(const RoomId& id) const override {
    return first(session_.connection.prepare(kSelectRoom).bind(id));
  }
  std::optional<Room> find_by_name(std::string_view name) const override {
    return first(session_.connection.prepare(kSelectRoomByName).bind(name));
  }
  RoomActivity activity_of(const RoomId& id) const override {
    Statement statement = session_.connection.prepare(kSelectActivity);
    statement.bind(id);
    if (!statement.step()) return {};
    return {statement.integer(0), statement.optional_time(1), statement.id<domain::MessageId>(2)};
  }
  void visit_all(const std::function<void(Room)>& visit) const override {
    Statement statement = session_.connection.prepare(kSelectAllRooms);
    while (statement.step()) visit(read_room(statement));
  }
  void insert(const Room& room) override {
    session_.connection.prepare(kInsertRoom)
        .bind(room.id, type_text(room), room.name, room.created_at, room.updated_at, extra_of(room))
        .run();
    changed(room);
  }
  void update(const Room& room) override {
    session_.connection.prepare(kUpdateRoom)
        .bind(type_text(room), room.name, room.created_at, room.updated_at, extra_of(room), room.id)
        .run();
    changed(room);
  }
  void remove(const RoomId& id) override {
    MessageRecords(session_).forget_of_room(id);
    session_.connection.prepare(kDeleteRoom).bind(id).run();
    session_.changes.push_back(domain::RoomRemoved{id});
  }
  void count_messages(const RoomId& id, int by, const domain::Message* last) override {
    if (last == nullptr) {
      session_.connection.prepare(kCountMessages).bind(by, id).run();
    } else {
      session_.connection.prepare(kCountLastMessage).bind(by, last->sent_at, last->id, id).run();
    }
  }
  void forget_last_message(const RoomId& id) override {
    session_.connection.prepare(kForgetLastMessage).bind(id).run();
  }

 private:
  static std::optional<Room> first(Statement& statement) {
    if (!statement.step()) return std::nullopt;
    return read_room(statement);
  }
  void changed(const Room& room) {
    session_.changes.push_back(domain::RoomChanged{std::make_shared<const Room>(room)});
  }

  Session& session_;
};

}  // namespace

std::unique_ptr<domain::RoomStore> make_room_store(Session& session) {
  return std::make_unique<SqliteRoomStore>(session);
}

}  // namespace gantry::store::sqlite
