#include "store/sqlite/extra.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::Upload;
using domain::UploadId;

#define COLUMNS "id, room, user, confirmed, uploaded_at, extra"
constexpr char kSelect[] = "SELECT " COLUMNS " FROM uploads WHERE id = ?";
constexpr char kSelectOfRoom[] =
    "SELECT " COLUMNS " FROM uploads WHERE room = ? ORDER BY uploaded_at DESC, id LIMIT ? OFFSET ?";
constexpr char kSelectAbandoned[] =
    "SELECT " COLUMNS
    " FROM uploads WHERE confirmed = 0 AND uploaded_at < ? ORDER BY uploaded_at LIMIT ?";
#undef COLUMNS
constexpr char kInsert[] =
    "INSERT INTO uploads (id, room, user, confirmed, uploaded_at, extra) VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] = "UPDATE uploads SET confirmed = ?, extra = ? WHERE id = ?";
constexpr char kDelete[] = "DELETE FROM uploads WHERE id = ?";

template <class Archive, class UploadType>
void visit_extra(Archive& archive, UploadType& upload) {
  archive("name", upload.name);
  archive("type", upload.type);
  archive("size_bytes", upload.size_bytes);
  archive("message", upload.message);
}

std::string extra_of(const Upload& upload) {
  ExtraWriter writer;
  visit_extra(writer, upload);
  return writer.text();
}

Upload read_upload(const Statement& row) {
  Upload upload;
  upload.id = row.id<UploadId>(0);
  upload.room = row.id<domain::RoomId>(1);
  upload.user = row.id<domain::UserId>(2);
  upload.confirmed = row.boolean(3);
  upload.uploaded_at = row.time(4);
  ExtraReader reader(row.view(5));
  visit_extra(reader, upload);
  return upload;
}

class SqliteUploadStore final : public domain::UploadStore {
 public:
  explicit SqliteUploadStore(Session& session) : session_(session) {}

  std::optional<Upload> find(const UploadId& id) const override {
    Statement row = session_.connection.prepare(kSelect);
    row.bind(id);
    if (!row.step()) return std::nullopt;
    return read_upload(row);
  }
  std::vector<Upload> list_of_room(const domain::RoomId& room,
                                   const domain::Page& page) const override {
    const std::int64_t limit = page.count == 0 ? -1 : page.count;  // SQL: -1 is no limit
    return all(session_.connection.prepare(kSelectOfRoom).bind(room, limit, page.offset));
  }
  std::vector<Upload> list_abandoned(Time before, std::int64_t count) const override {
    return all(session_.connection.prepare(kSelectAbandoned).bind(before, count));
  }
  void insert(const Upload& upload) override {
    session_.connection.prepare(kInsert)
        .bind(upload.id, upload.room, upload.user, upload.confirmed, upload.uploaded_at,
              extra_of(upload))
        .run();
  }
  void update(const Upload& upload) override {
    session_.connection.prepare(kUpdate).bind(upload.confirmed, extra_of(upload), upload.id).run();
  }
  void remove(const UploadId& id) override { session_.connection.prepare(kDelete).bind(id).run(); }

 private:
  static std::vector<Upload> all(Statement& row) {
    std::vector<Upload> out;
    while (row.step()) out.push_back(read_upload(row));
    return out;
  }

  Session& session_;
};

}  // namespace

std::unique_ptr<domain::UploadStore> make_upload_store(Session& session) {
  return std::make_unique<SqliteUploadStore>(session);
}

}  // namespace gantry::store::sqlite
