#include "store/sqlite/migrations.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "base/embedded.h"
#include "base/log.h"
#include "domain/error_codes.h"
#include "store/sqlite/migration_copy.h"

namespace gantry::embedded {
std::span<const EmbeddedFile> migrations();
}

namespace gantry::store::sqlite {
namespace {

constexpr char kReadVersion[] = "PRAGMA user_version";

int number_of(const EmbeddedFile& file) {
  int version = 0;
  std::from_chars(file.name.data(), file.name.data() + 4, version);
  return version;
}

int current_version(Connection& connection) {
  Statement row = connection.prepare(kReadVersion);
  row.step();
  return static_cast<int>(row.integer(0));
}

}  // namespace

int newest_version() {
  int newest = 0;
  for (const EmbeddedFile& file : embedded::migrations())
    newest = std::max(newest, number_of(file));
  return newest;
}

Result<void> migrate(Connection& connection, const std::string& path) {
  const int current = current_version(connection);
  if (current > newest_version()) {
    return Error(ErrorCode::Failure,
                 path + " is of version " + std::to_string(current) +
                     ", this program knows up to " + std::to_string(newest_version()) +
                     ": start a newer gantry, or restore a copy made before the upgrade");
  }
  if (current > 0 && current < newest_version()) TRY_DO(copy_before_migration(path, current));
  for (const EmbeddedFile& file : embedded::migrations()) {
    const int version = number_of(file);
    if (version <= current) continue;
    connection.execute("BEGIN IMMEDIATE");
    connection.execute(std::string(file.bytes));
    connection.execute("PRAGMA user_version = " + std::to_string(version));
    connection.execute("COMMIT");
    if (current > 0) log::info("database migrated", {{"to", version}, {"step", file.name}});
  }
  return Done{};
}

}  // namespace gantry::store::sqlite
