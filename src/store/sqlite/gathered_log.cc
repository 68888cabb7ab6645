#include "store/sqlite/gathered_log.h"

#include <cstring>
#include <utility>

#include <sqlite3.h>

namespace gantry::store::sqlite {
namespace {

constexpr char kName[] = "gathered-log";
// Larger pieces are hardly cheaper.
constexpr int kGatheredMax = 64 * 1024;

// What SQLite holds of an open log; the real file lies behind it in memory.
struct LogFile {
  sqlite3_file head;
  char* gathered;  // kGatheredMax bytes, of which `count` belong at `offset`
  int count;
  sqlite3_int64 offset;
};

LogFile& log_of(sqlite3_file* file) {
  return *reinterpret_cast<LogFile*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(LogFile));
}

// What cannot be written is given up, as SQLite gives up the commit.
int write_gathered(sqlite3_file* file) {
  LogFile& log = log_of(file);
  const int count = std::exchange(log.count, 0);
  if (count == 0) return SQLITE_OK;
  return real(file)->pMethods->xWrite(real(file), log.gathered, count, log.offset);
}

// Of what was not synced nobody knows, so it need not be written.
int close_file(sqlite3_file* file) {
  sqlite3_free(log_of(file).gathered);
  return real(file)->pMethods->xClose(real(file));
}

int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  LogFile& log = log_of(file);
  const bool follows = offset == log.offset + log.count && count <= kGatheredMax - log.count;
  if (!follows) {
    if (const int error = write_gathered(file)) return error;
    if (count > kGatheredMax) {
      return real(file)->pMethods->xWrite(real(file), bytes, count, offset);
    }
    log.offset = offset;
  }
  std::memcpy(log.gathered + log.count, bytes, static_cast<std::size_t>(count));
  log.count += count;
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  if (const int error = write_gathered(file)) return error;
  return real(file)->pMethods->xRead(real(file), out, count, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (const int error = write_gathered(file)) return error;
  return real(file)->pMethods->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  if (const int error = write_gathered(file)) return error;
  return real(file)->pMethods->xSync(real(file), flags);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  if (const int error = write_gathered(file)) return error;
  return real(file)->pMethods->xFileSize(real(file), size);
}

// Version 1: memory maps and shared memory belong to the database's own file.
constexpr sqlite3_io_methods kMethods{
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); },
    .xUnlock = [](sqlite3_file* f,
                  int level) { return real(f)->pMethods->xUnlock(real(f), level); },
    .xCheckReservedLock =
        [](sqlite3_file* f, int* held) {
          return real(f)->pMethods->xCheckReservedLock(real(f), held);
        },
    .xFileControl =
        [](sqlite3_file* f, int what, void* value) {
          return real(f)->pMethods->xFileControl(real(f), what, value);
        },
    .xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); },
    .xDeviceCharacteristics =
        [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* g_below = nullptr;
sqlite3_vfs g_gathering;

int open_log(const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  LogFile& log = log_of(file);
  log.gathered = static_cast<char*>(sqlite3_malloc(kGatheredMax));
  if (log.gathered == nullptr) return SQLITE_NOMEM;
  log.count = 0;
  log.offset = 0;
  const int code = g_below->xOpen(g_below, name, real(file), flags, out_flags);
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
