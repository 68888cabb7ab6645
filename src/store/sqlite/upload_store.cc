#include "store/sqlite/extra.h"
#include "store/sqlite/sqlite_tx.h"

namespace gantry::store::sqlite {
namespace {

using domain::Upload;
using domain::UploadId;

constexpr char kSelect[] =
    "SELECT id, room, user, confirmed, uploaded_at, extra FROM uploads WHERE id = ?";
constexpr char kInsert[] =
    "INSERT INTO uploads (id, room, user, confirmed, uploaded_at, extra) VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] = "UPDATE uploads SET confirmed = ?, extra = ? WHERE id = ?";

template <class Archive, class UploadType>
void visit_extra(Archive& archive, UploadType& upload) {
  archive("name", upload.name);
  archive("type", upload.type);
  archive("size_bytes", upload.size_bytes);
}

std::string extra_of(const Upload& upload) {
  ExtraWriter writer;
  visit_extra(writer, upload);
  return writer.text();
}

class SqliteUploadStore final : public domain::UploadStore {
 public:
  explicit SqliteUploadStore(Session& session) : session_(session) {}

  std::optional<Upload> find(const UploadId& id) const override {
    Statement row = session_.connection.prepare(kSelect);
    row.bind(id);
    if (!row.step()) return std::nullopt;
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
  void insert(const Upload& upload) override {
    session_.connection.prepare(kInsert)
        .bind(upload.id, upload.room, upload.user, upload.confirmed, upload.uploaded_at,
              extra_of(upload))
        .run();
  }
  void update(const Upload& upload) override {
    session_.connection.prepare(kUpdate).bind(upload.confirmed, extra_of(upload), upload.id).run();
  }

 private:
  Session& session_;
};

}  // namespace

std::unique_ptr<domain::UploadStore> make_upload_store(Session& session) {
  return std::make_unique<SqliteUploadStore>(session);
}

}  // namespace gantry::store::sqlite
