#include "faulty_disk.h"

#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <sqlite3.h>

namespace gantry::testing {
namespace {

enum Operation { Write, Sync, Read, Truncate, Nothing };
constexpr std::array<std::string_view, 4> kOperations{"write", "sync", "read", "truncate"};
// What SQLite's own file system answers when the system call fails.
constexpr std::array<int, 4> kInputOutputErrors{SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC,
                                                SQLITE_IOERR_READ, SQLITE_IOERR_TRUNCATE};

std::atomic<int> g_failing{Nothing};
std::atomic<int> g_error{SQLITE_OK};
std::atomic<std::int64_t> g_still_good{0};
std::atomic<std::int64_t> g_still_bad{0};
std::atomic<std::int64_t> g_failed{0};

int error_of(Operation operation) {
  if (g_failing.load() != operation || g_still_good.fetch_sub(1) > 0) return SQLITE_OK;
  if (g_still_bad.fetch_sub(1) <= 0) return SQLITE_OK;
  g_failed.fetch_add(1);
  return g_error.load();
}

// The methods of a file are a shared table; this is a copy of one, with the faults in it.
struct Methods {
  sqlite3_io_methods with_faults;
  const sqlite3_io_methods* real;
};

std::mutex g_mutex;
std::map<const sqlite3_io_methods*, std::unique_ptr<Methods>> g_methods;
sqlite3_vfs* g_real = nullptr;
sqlite3_vfs g_faulty;

const sqlite3_io_methods& real_methods(sqlite3_file* file) {
  return *reinterpret_cast<const Methods*>(file->pMethods)->real;
}

int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  if (const int error = error_of(Write)) return error;
  return real_methods(file).xWrite(file, bytes, count, offset);
}

int sync_file(sqlite3_file* file, int flags) {
  if (const int error = error_of(Sync)) return error;
  return real_methods(file).xSync(file, flags);
}

int read_file(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
  if (const int error = error_of(Read)) return error;
  return real_methods(file).xRead(file, bytes, count, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (const int error = error_of(Truncate)) return error;
  return real_methods(file).xTruncate(file, size);
}

const sqlite3_io_methods* with_faults(const sqlite3_io_methods* real) {
  const std::lock_guard lock(g_mutex);
  std::unique_ptr<Methods>& methods = g_methods[real];
  if (!methods) {
    methods = std::make_unique<Methods>(Methods{*real, real});
    methods->with_faults.xWrite = write_file;
    methods->with_faults.xSync = sync_file;
    methods->with_faults.xRead = read_file;
    methods->with_faults.xTruncate = truncate_file;
  }
  return &methods->with_faults;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = g_real->xOpen(g_real, name, file, flags, out_flags);
  if (file->pMethods != nullptr) file->pMethods = with_faults(file->pMethods);
  return code;
}

}  // namespace

bool fail_disk(std::string_view operation, std::string_view error, std::int64_t after,
               std::int64_t times) {
  if (error != "full" && error != "io") return false;
  for (std::size_t i = 0; i < kOperations.size(); ++i) {
    if (kOperations[i] != operation) continue;
    g_failing = Nothing;
    g_error = error == "full" ? SQLITE_FULL : kInputOutputErrors[i];
    g_still_good = after;
    g_still_bad = times;
    g_failed = 0;
    g_failing = static_cast<int>(i);
    return true;
  }
  return false;
}

void heal_disk() {
  g_failing = Nothing;
}

std::int64_t failed_disk_calls() {
  return g_failed.load();
}

void install_faulty_disk() {
  sqlite3_initialize();
  g_real = sqlite3_vfs_find(nullptr);
  g_faulty = *g_real;
  g_faulty.zName = "faulty";
  g_faulty.pNext = nullptr;
  g_faulty.xOpen = open_file;
  sqlite3_vfs_register(&g_faulty, 1);
}

}  // namespace gantry::testing
