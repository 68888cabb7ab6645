#include "app/care/compacting.h"

#include <filesystem>

#include <unistd.h>

#include "store/sqlite/migration_copy.h"

namespace gantry::app {
namespace {

namespace fs = std::filesystem;

std::uintmax_t bytes_of(const DataDirectory& data) {
  std::uintmax_t out = 0;
  for (const std::string& path : {data.database_path(), data.database_path() + "-wal"}) {
    std::error_code absent;
    const auto size = fs::file_size(path, absent);
    if (!absent) out += size;
  }
  return out;
}

json::array remove_files(const std::vector<std::string>& paths) {
  json::array out;
  for (const std::string& path : paths) {
    if (::unlink(path.c_str()) == 0) out.emplace_back(path);
  }
  return out;
}

}  // namespace

Result<json::object> compact_data(const DataDirectory& data, DataUse use,
                                  const std::function<Result<void>()>& compact_database) {
  const std::uintmax_t before = bytes_of(data);
  TRY_DO(compact_database());
  TRY(const auto orphans, list_orphans(data.path(), use));
  json::object out{{"data", data.path()}, {"bytesBefore", before}, {"bytes", bytes_of(data)}};
  out["removedCopies"] = remove_files(store::sqlite::list_migration_copies(data.database_path()));
  out["removedUploads"] = remove_files(orphans).size();
  return out;
}

}  // namespace gantry::app
