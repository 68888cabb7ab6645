#include "store/sqlite/store_error.h"

#include <filesystem>

#include "domain/error_codes.h"

namespace gantry::store::sqlite {
namespace {

// A full disk comes as a plain I/O error where SQLite makes its shared memory.
bool disk_is_full(const std::string& path) {
  constexpr std::uintmax_t kUsableBytesMin = 1024 * 1024;
  std::error_code unknown;
  const auto space = std::filesystem::space(std::filesystem::path(path).parent_path(), unknown);
  return !unknown && space.available < kUsableBytesMin;
}

std::string_view remedy_for(const StoreFault& fault, const std::string& path) {
  switch (fault.code() & 0xff) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return "the file is damaged: restore a backup";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return "make the file and its directory writable for this user";
    case SQLITE_FULL:
      return "free some space on the disk";
    case SQLITE_BUSY:
      return "another program uses the database: try again when it has ended";
    case SQLITE_IOERR:
      return disk_is_full(path) ? "free some space on the disk"
                                : "check the disk and the system's log";
    default:
      return "see the message of the storage engine";
  }
}

}  // namespace

bool is_damage(const StoreFault& fault) {
  const int code = fault.code() & 0xff;
  return code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
}

Error to_error(const StoreFault& fault, const std::string& path) {
  if ((fault.code() & 0xff) == SQLITE_INTERRUPT) {
    return Error(ErrorCode::Unavailable, path + ": stopped before the end; try again");
  }
  return Error(is_damage(fault) ? ErrorCode::StorageFailed : ErrorCode::Failure,
               path + ": " + fault.what() + "; " + std::string(remedy_for(fault, path)));
}

}  // namespace gantry::store::sqlite
