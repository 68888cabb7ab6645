#include "store/sqlite/gathered_log.h"

#include <cstring>
#include <utility>

#include "store/sqlite/layered_file.h"

namespace gantry::store::sqlite {
namespace {

constexpr char kName[] = "gathered-log";
// Larger pieces are hardly cheaper.
constexpr int kGatheredMax = 64 * 1024;

// What SQLite holds of an open log.
struct LogFile {
  sqlite3_file head;
  char* gathered;  // kGatheredMax bytes, of which `count` belong at `offset`
  int count;
  sqlite3_int64 offset;
};

// What cannot be written is given up, as SQLite gives up the commit.
int write_gathered(sqlite3_file* file) {
  LogFile& log = above<LogFile>(file);
  const int count = std::exchange(log.count, 0);
  if (count == 0) return SQLITE_OK;
  return below<LogFile>(file)->pMethods->xWrite(below<LogFile>(file), log.gathered, count,
                                                log.offset);
}

// Of what was not synced nobody knows, so it need not be written.
int close_file(sqlite3_file* file) {
  sqlite3_free(above<LogFile>(file).gathered);
  return below<LogFile>(file)->pMethods->xClose(below<LogFile>(file));
}

int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  LogFile& log = above<LogFile>(file);
  const bool follows = offset == log.offset + log.count && count <= kGatheredMax - log.count;
  if (!follows) {
    if (const int error = write_gathered(file)) return error;
    if (count > kGatheredMax) {
      return below<LogFile>(file)->pMethods->xWrite(below<LogFile>(file), bytes, count, offset);
    }
    log.offset = offset;
  }
  std::memcpy(log.gathered + log.count, bytes, static_cast<std::size_t>(count));
  log.count += count;
  return SQLITE_OK;
}

// What is done below after what was gathered is there.
template <auto kMethod, class... Arguments>
int write_first(sqlite3_file* file, Arguments... arguments) {
  if (const int error = write_gathered(file)) return error;
  return hand_down<LogFile, kMethod, int>(file, arguments...);
}

constexpr sqlite3_io_methods kMethods = [] {
  using Methods = sqlite3_io_methods;
  Methods out = handing_down<LogFile>();
  out.xClose = close_file;
  out.xWrite = write_file;
  out.xRead = write_first<&Methods::xRead>;
  out.xTruncate = write_first<&Methods::xTruncate>;
  out.xSync = write_first<&Methods::xSync>;
  out.xFileSize = write_first<&Methods::xFileSize>;
  return out;
}();

sqlite3_vfs* g_below = nullptr;
sqlite3_vfs g_gathering;

int open_log(const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  LogFile& log = above<LogFile>(file);
  log.gathered = static_cast<char*>(sqlite3_malloc(kGatheredMax));
  if (log.gathered == nullptr) return SQLITE_NOMEM;
  log.count = 0;
  log.offset = 0;
  const int code = g_below->xOpen(g_below, name, below<LogFile>(file), flags, out_flags);
  if (code == SQLITE_OK) {
    file->pMethods = &kMethods;
  } else {
    sqlite3_free(log.gathered);
  }
  return code;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_WAL) != 0) return open_log(name, file, flags, out_flags);
  return g_below->xOpen(g_below, name, file, flags, out_flags);
}

bool install() {
  sqlite3_initialize();
  g_below = sqlite3_vfs_find(nullptr);
  g_gathering = *g_below;
  g_gathering.zName = kName;
  g_gathering.pNext = nullptr;
  g_gathering.szOsFile = static_cast<int>(sizeof(LogFile)) + g_below->szOsFile;
  g_gathering.xOpen = open_file;
  return sqlite3_vfs_register(&g_gathering, 0) == SQLITE_OK;
}

}  // namespace

const char* gathered_log_file_system() {
  static const bool kInstalled = install();
  return kInstalled ? kName : nullptr;
}

}  // namespace gantry::store::sqlite
