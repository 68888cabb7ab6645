#include "store/sqlite/database_care.h"

#include <unistd.h>

#include "store/sqlite/connection.h"
#include "store/sqlite/store_error.h"

namespace gantry::store::sqlite {
namespace {

constexpr char kCopy[] = "VACUUM INTO ?";
constexpr char kVersion[] = "PRAGMA user_version";
// Pages are cleared before they are used again: their rest would hold what stood there before.
constexpr char kClearPages[] = "PRAGMA secure_delete = ON";
// The new pages may be more than memory holds.
constexpr char kCollectOnDisk[] = "PRAGMA temp_store = FILE";

}  // namespace

Result<void> copy_database(const std::string& from, const std::string& to,
                           const std::atomic<bool>& stop) {
  try {
    ::unlink(to.c_str());
    Connection connection(from, Access::ReadOnly);
    connection.stop_when(stop);
    connection.execute(kClearPages);
    connection.prepare(kCopy).bind(to).run();
    return Done{};
  } catch (const StoreFault& fault) {
    ::unlink(to.c_str());
    return to_error(fault, from);
  }
}

Result<void> compact_database(const std::string& path, const std::atomic<bool>& stop) {
  try {
    Connection connection(path, Access::ReadWrite);
    connection.stop_when(stop);
    connection.execute(kClearPages);
    connection.execute(kCollectOnDisk);
    connection.execute("VACUUM");
    connection.empty_log();
    return Done{};
  } catch (const StoreFault& fault) {
    return to_error(fault, path);
  }
}

Result<int> version_of(const std::string& path) {
  try {
    Connection connection(path, Access::ReadOnly);
    Statement row = connection.prepare(kVersion);
    row.step();
    return static_cast<int>(row.integer(0));
  } catch (const StoreFault& fault) {
    return to_error(fault, path);
  }
}

}  // namespace gantry::store::sqlite
