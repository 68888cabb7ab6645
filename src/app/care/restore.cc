#include "app/care/restore.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <unordered_map>

#include <fmt/format.h>
#include <sys/stat.h>

#include "app/care/delivery_pause.h"
#include "app/care/workspace_archive.h"
#include "app/data_directory.h"
#include "domain/error_codes.h"
#include "store/archive/archive_reader.h"
#include "store/sqlite/database_check.h"
#include "store/sqlite/migrations.h"

namespace gantry::app {
namespace {

namespace fs = std::filesystem;
using store::archive::ArchivedFile;
using store::archive::ArchiveReader;
using store::archive::DiskFile;

constexpr std::size_t kManifestBytesMax = 1024UL * 1024 * 1024;

struct Unpacked {
  std::vector<ArchivedFile> files;
  std::string manifest;
  std::string manifest_hash;
};

// What is unpacked here goes again unless it was put in place.
struct Staging {
  explicit Staging(std::string at) : path(std::move(at)) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  const std::string path;
};

Result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0) return store::archive::disk_failure(path, errno);
  return Done{};
}

Result<void> unpack_file(ArchiveReader& reader, const store::archive::UstarHeader& header,
                         const std::string& to, Unpacked& out) {
  TRY(DiskFile file, DiskFile::create(to + "/" + header.name));
  TRY(std::string hash, reader.read([&file](std::string_view piece) { return file.write(piece); }));
  TRY_DO(file.sync());
  out.files.push_back({header.name, header.bytes, std::move(hash)});
  return Done{};
}

Result<Unpacked> unpack(ArchiveReader& reader, const std::string& to) {
  TRY_DO(make_directory(to + "/uploads"));
  Unpacked out;
  for (;;) {
    TRY(const auto header, reader.next());
    if (!header) return out;
    std::string ignored;
    if (header->name == kManifest) {
      TRY(out.manifest, reader.read_text(kManifestBytesMax, &ignored));
    } else if (header->name == kManifestHash) {
      TRY(out.manifest_hash, reader.read_text(kManifestBytesMax, &ignored));
    } else if (may_be_archived(header->name)) {
      TRY_DO(unpack_file(reader, *header, to, out));
    } else {
      return reader.damaged("it holds a file that no backup has");
    }
  }
}

Result<Manifest> check_hashes(const ArchiveReader& reader, const Unpacked& unpacked) {
  if (unpacked.manifest.empty() ||
      unpacked.manifest_hash != manifest_hash_text(unpacked.manifest)) {
    return reader.damaged("its manifest is missing or wrong");
  }
  auto manifest = parse_manifest(unpacked.manifest);
  if (!manifest) return reader.damaged("its manifest is not one that this program reads");
  std::unordered_map<std::string_view, const ArchivedFile*> listed;
  for (const ArchivedFile& file : manifest->files) listed.emplace(file.name, &file);
  if (listed.size() != unpacked.files.size() || !listed.contains(kArchivedDatabase)) {
    return reader.damaged("it does not hold the files of its manifest");
  }
  for (const ArchivedFile& file : unpacked.files) {
    const auto at = listed.find(file.name);
    if (at == listed.end()) return reader.damaged(file.name + " is not in its manifest");
    if (at->second->bytes != file.bytes || at->second->sha256 != file.sha256) {
      return reader.damaged(file.name + " is not as its manifest says");
    }
  }
  return *std::move(manifest);
}

Result<void> check_version(const std::string& file, const Manifest& manifest) {
  const int known = store::sqlite::newest_version();
  if (manifest.database_version <= known) return Done{};
  return failure(fmt::format("{} is of version {}, this program knows up to {}: use a newer gantry",
                             file, manifest.database_version, known));
}

Result<void> check_content(const ArchiveReader& reader, const Manifest& manifest,
                           const std::string& place) {
  TRY(const auto database, store::sqlite::check_database(place + "/" + kArchivedDatabase,
                                                         store::sqlite::CheckDepth::Integrity));
  if (!database.findings.empty()) return reader.damaged(database.findings.front().text);
  std::error_code error;
  for (const store::sqlite::StoredUpload& upload : database.uploads) {
    const auto size = fs::file_size(place + "/" + kArchivedUploads + upload.id.text, error);
    const bool known = std::find(manifest.missing.begin(), manifest.missing.end(),
                                 upload.id.text) != manifest.missing.end();
    if (error && !known)
      return reader.damaged("the uploaded file " + upload.id.text + " is missing");
    if (!error && size != static_cast<std::uintmax_t>(upload.bytes)) {
      return reader.damaged("the uploaded file " + upload.id.text + " has another size");
    }
  }
  return Done{};
}

// The database last: without it a directory is no workspace.
Result<void> put_in_place(const std::string& from, const DataDirectory& data) {
  TRY_DO(store::archive::sync_directory(from + "/uploads"));
  TRY_DO(put_pause_mark(data.path()));
  std::error_code ignored;
  if (fs::exists(from + "/" + kArchivedTestMark, ignored)) {
    TRY_DO(store::archive::rename_synced(from + "/" + kArchivedTestMark, data.test_mark_path()));
  }
  TRY_DO(store::archive::rename_synced(from + "/uploads", data.uploads_path()));
  return store::archive::rename_synced(from + "/" + kArchivedDatabase, data.database_path());
}

}  // namespace

Result<json::object> restore_backup(const std::string& file, const std::string& data) {
  TRY(ArchiveReader reader, ArchiveReader::open(file));
  TRY(const DataDirectory place, DataDirectory::open_empty(data));
  Manifest manifest;
  {
    const Staging staging(place.restoring_path());
    TRY_DO(make_directory(staging.path));
    TRY(const Unpacked unpacked, unpack(reader, staging.path));
    TRY(manifest, check_hashes(reader, unpacked));
    TRY_DO(check_version(file, manifest));
    TRY_DO(check_content(reader, manifest, staging.path));
    TRY_DO(put_in_place(staging.path, place));
  }
  TRY_DO(store::archive::sync_directory(place.path()));
  return json::object{{"data", place.path()},
                      {"madeAt", to_iso(manifest.made_at)},
                      {"uploads", manifest.files.size() - 1},
                      {"deliveries", "paused"}};
}

}  // namespace gantry::app
