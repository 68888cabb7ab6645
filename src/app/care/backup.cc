#include "app/care/backup.h"

#include <algorithm>
#include <filesystem>

#include <unistd.h>

#include "app/care/last_backup.h"
#include "app/care/workspace_archive.h"
#include "app/version.h"
#include "domain/error_codes.h"
#include "store/sqlite/database_care.h"
#include "store/sqlite/database_check.h"

namespace gantry::app {
namespace {

namespace fs = std::filesystem;
using store::archive::ArchiveWriter;

// Removed when it is no longer needed, however that comes.
struct TemporaryFile {
  explicit TemporaryFile(std::string at) : path(std::move(at)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { ::unlink(path.c_str()); }
  const std::string path;
};

bool lies_in(const fs::path& file, const std::string& directory) {
  std::error_code ignored;
  const fs::path whole = fs::weakly_canonical(file, ignored);
  const fs::path above = fs::weakly_canonical(directory, ignored);
  const auto [end, unused] = std::mismatch(above.begin(), above.end(), whole.begin(), whole.end());
  return end == above.end();
}

Result<void> check_place(const DataDirectory& data, const BackupOrder& order) {
  if (lies_in(order.file, data.path())) {
    return failure(order.file +
                   " would lie in the data that it is a backup of: choose a place "
                   "outside of " +
                   data.path());
  }
  std::error_code ignored;
  if (fs::is_directory(order.file, ignored)) {
    return failure(order.file + " is a directory: name a file");
  }
  if (order.existing == BackupOrder::Existing::Refused && fs::exists(order.file, ignored)) {
    return failure(order.file + " is there already: choose another name, or say --replace");
  }
  return Done{};
}

}  // namespace

Result<json::object> make_backup(const DataDirectory& data, const BackupOrder& order,
                                 const std::atomic<bool>& stop) {
  TRY_DO(check_place(data, order));
  TRY(ArchiveWriter writer, ArchiveWriter::create(order.file, order.now));
  const TemporaryFile copy(ArchiveWriter::unfinished_path(order.file) + "-db");
  TRY_DO(store::sqlite::copy_database(data.database_path(), copy.path, stop));
  Manifest manifest;
  TRY(manifest.database_version, store::sqlite::version_of(copy.path));
  TRY(const auto uploads, store::sqlite::list_stored_uploads(copy.path));
  TRY_DO(writer.add_file(kArchivedDatabase, copy.path, stop));
  ::unlink(copy.path.c_str());
  std::error_code ignored;
  for (const store::sqlite::StoredUpload& upload : uploads) {
    const std::string source = data.uploads_path() + "/" + upload.id.text;
    if (fs::exists(source, ignored)) {
      TRY_DO(writer.add_file(kArchivedUploads + upload.id.text, source, stop));
    } else {
      manifest.missing.push_back(upload.id.text);
    }
  }
  if (fs::exists(data.test_mark_path(), ignored)) {
    TRY_DO(writer.add_file(kArchivedTestMark, data.test_mark_path(), stop));
  }
  manifest.made_by = kVersion;
  manifest.made_at = order.now;
  manifest.files = writer.files();
  const std::string text = to_text(manifest);
  TRY_DO(writer.add(kManifest, text));
  TRY_DO(writer.add(kManifestHash, manifest_hash_text(text)));
  TRY(const std::uint64_t bytes, writer.finish());
  note_backup(data, {order.now, bytes});
  json::object out{{"file", order.file},
                   {"bytes", bytes},
                   {"uploads", uploads.size() - manifest.missing.size()}};
  if (!manifest.missing.empty()) {
    out["missingUploads"] = json::array(manifest.missing.begin(), manifest.missing.end());
  }
  return out;
}

}  // namespace gantry::app
