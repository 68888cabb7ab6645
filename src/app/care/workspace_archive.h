#pragma once
// What a backup holds: the database, the uploaded files, the mark of test mode, and at the end a
// manifest with sizes and hashes of all of them and, as sha256sum(1) reads it, its own hash.

#include <optional>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "store/archive/archive_writer.h"

namespace gantry::app {

inline constexpr char kArchivedDatabase[] = "gantry.db";
inline constexpr char kArchivedTestMark[] = "test-mode";
inline constexpr char kArchivedUploads[] = "uploads/";
inline constexpr char kManifest[] = "manifest.json";
inline constexpr char kManifestHash[] = "manifest.sha256";

struct Manifest {
  std::string made_by;
  Time made_at;
  int database_version = 0;
  std::vector<store::archive::ArchivedFile> files;
  std::vector<std::string> missing;  // uploads without a file when the backup was made
};

std::string to_text(const Manifest& manifest);
// Nothing when it is none, or one of a newer form.
std::optional<Manifest> parse_manifest(std::string_view text);
std::string manifest_hash_text(std::string_view manifest);

// Whether the files of a backup may have such a name.
bool may_be_archived(std::string_view name);

}  // namespace gantry::app
