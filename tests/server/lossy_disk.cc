#include "lossy_disk.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/layered_file.h"

namespace gantry::testing {
namespace {

constexpr std::size_t kSector = 512;  // what a disk writes whole or not at all

enum Operation { Write, Sync, Truncate, Nothing };
constexpr std::array<std::string_view, 3> kOperations{"write", "sync", "truncate"};
enum FileKind { Log, Journal, Database, Any };
constexpr std::array<std::string_view, 4> kFileKinds{"log", "journal", "database", "any"};

FileKind kind_of(std::string_view path) {
  if (path.ends_with("-wal")) return Log;
  return path.ends_with("-journal") ? Journal : Database;
}

struct Change {
  sqlite3_int64 offset = 0;  // where the bytes go, or the new size
  std::string bytes;
  bool truncates = false;
};

[[noreturn]] void fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

// A file as the process sees it: what is on the disk, and what is not yet. All connections share
// one. Belongs to who holds g_mutex.
class Contents {
 public:
  explicit Contents(const std::string& path)
      : path_(path), kind_(kind_of(path)), descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    struct stat state {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &state) != 0) fail(path);
    size_ = state.st_size;
  }
  // The descriptor stays open until then: closing it would end the locks of SQLite on the file.
  ~Contents() { ::close(descriptor_); }

  FileKind kind() const { return kind_; }
  sqlite3_int64 size() const { return size_; }

  void write(const void* bytes, int count, sqlite3_int64 offset) {
    unsynced_.push_back(
        {offset, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(count))});
    size_ = std::max(size_, offset + count);
  }
  void truncate(sqlite3_int64 size) {
    unsynced_.push_back({size, {}, true});
    size_ = size;
  }

  // False when the file ends before; the rest is zeros then.
  bool read(char* out, sqlite3_int64 count, sqlite3_int64 offset) const {
    std::memset(out, 0, static_cast<std::size_t>(count));
    if (::pread(descriptor_, out, static_cast<std::size_t>(count), offset) < 0) fail(path_);
    for (const Change& change : unsynced_) {
      const auto size = static_cast<sqlite3_int64>(change.bytes.size());
      const sqlite3_int64 from = std::max(offset, change.offset);
      const sqlite3_int64 to =
          change.truncates ? offset + count : std::min(offset + count, change.offset + size);
      if (from >= to) continue;
      char* const target = out + (from - offset);
      if (change.truncates) {
        std::memset(target, 0, static_cast<std::size_t>(to - from));
      } else {
        std::memcpy(target, change.bytes.data() + (from - change.offset),
                    static_cast<std::size_t>(to - from));
      }
    }
    return offset + count <= size_;
  }

  void sync() {
    for (const Change& change : unsynced_) put(change);
    unsynced_.clear();
  }

  // A disk orders unsynced writes as it likes, so any of their sectors may be there or not.
  void keep_some(std::mt19937_64& random) {
    const std::uint64_t chance = random() % 101;
    const auto kept = [&] { return random() % 100 < chance; };
    for (const Change& change : unsynced_) {
      if (change.truncates) {
        if (kept()) put(change);
        continue;
      }
      for (std::size_t at = 0; at < change.bytes.size();) {
        const auto place = static_cast<std::size_t>(change.offset) + at;
        const std::size_t end = std::min(change.bytes.size(), at + kSector - place % kSector);
        if (kept()) put({static_cast<sqlite3_int64>(place), change.bytes.substr(at, end - at)});
        at = end;
      }
    }
  }

 private:
  void put(const Change& change) {
    const bool done = change.truncates
                          ? ::ftruncate(descriptor_, change.offset) == 0
                          : ::pwrite(descriptor_, change.bytes.data(), change.bytes.size(),
                                     change.offset) == static_cast<ssize_t>(change.bytes.size());
    if (!done) fail(path_);
  }

  const std::string path_;
  const FileKind kind_;
  const int descriptor_;
  sqlite3_int64 size_ = 0;
  std::vector<Change> unsynced_;
};

// What SQLite holds of an open file.
struct LossyFile {
  sqlite3_file head;
  Contents* contents;  // null for temporary files, and where nothing is lost
  FileKind kind;
};

std::mutex g_mutex;
std::map<std::string, std::unique_ptr<Contents>, std::less<>> g_contents;
Memory g_memory = Memory::Kept;
sqlite3_vfs* g_real = nullptr;
sqlite3_vfs g_lossy;

std::atomic<int> g_fatal{Nothing};
std::atomic<int> g_fatal_file{Any};
std::atomic<std::int64_t> g_calls_left{0};
std::atomic<std::uint64_t> g_seed{0};
std::atomic<bool> g_lying{false};

LossyFile& lossy(sqlite3_file* file) {
  return store::sqlite::above<LossyFile>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return store::sqlite::below<LossyFile>(file);
}

// With g_mutex held, so that nothing is synced any more.
[[noreturn]] void die(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  if (seed != 0) {
    for (const auto& [path, contents] : g_contents) contents->keep_some(random);
  }
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

void live_through(Operation operation, FileKind file) {
  if (g_fatal.load() != operation) return;
  if (g_fatal_file.load() != Any && g_fatal_file.load() != file) return;
  if (g_calls_left.fetch_sub(1) == 0) die(g_seed.load());
}

int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  const Contents* const contents = lossy(file).contents;
  if (contents == nullptr) return real(file)->pMethods->xRead(real(file), out, count, offset);
  const std::lock_guard lock(g_mutex);
  return contents->read(static_cast<char*>(out), count, offset) ? SQLITE_OK
                                                                : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  const std::lock_guard lock(g_mutex);
  live_through(Write, lossy(file).kind);
  Contents* const contents = lossy(file).contents;
  if (contents == nullptr) return real(file)->pMethods->xWrite(real(file), bytes, count, offset);
  contents->write(bytes, count, offset);
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const std::lock_guard lock(g_mutex);
  live_through(Truncate, lossy(file).kind);
  Contents* const contents = lossy(file).contents;
  if (contents == nullptr) return real(file)->pMethods->xTruncate(real(file), size);
  contents->truncate(size);
  return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int flags) {
  std::unique_lock lock(g_mutex);
  live_through(Sync, lossy(file).kind);
  if (g_lying && lossy(file).kind == Log) return SQLITE_OK;
  Contents* const contents = lossy(file).contents;
  if (contents != nullptr) {
    // What the process has handed to the system outlives it: no need to wait for the real disk.
    contents->sync();
    return SQLITE_OK;
  }
  lock.unlock();
  return real(file)->pMethods->xSync(real(file), flags);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  const Contents* const contents = lossy(file).contents;
  if (contents == nullptr) return real(file)->pMethods->xFileSize(real(file), size);
  const std::lock_guard lock(g_mutex);
  *size = contents->size();
  return SQLITE_OK;
}

int control_file(sqlite3_file* file, int what, void* value) {
  // These would look at the real file's size or change it.
  const bool sizes = what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE ||
                     what == SQLITE_FCNTL_MMAP_SIZE;
  if (lossy(file).contents != nullptr && sizes) return SQLITE_NOTFOUND;
  return real(file)->pMethods->xFileControl(real(file), what, value);
}

constexpr sqlite3_io_methods kMethods = [] {
  sqlite3_io_methods out = store::sqlite::handing_down<LossyFile>();
  out.xRead = read_file;
  out.xWrite = write_file;
  out.xTruncate = truncate_file;
  out.xSync = sync_file;
  out.xFileSize = size_of_file;
  out.xFileControl = control_file;
  return out;
}();

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  const int code = g_real->xOpen(g_real, name, real(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  file->pMethods = &kMethods;
  lossy(file).contents = nullptr;
  lossy(file).kind = name == nullptr ? Any : kind_of(name);
  if (name == nullptr || g_memory == Memory::Kept) return code;
  const std::lock_guard lock(g_mutex);
  std::unique_ptr<Contents>& contents = g_contents[name];
  if (!contents) contents = std::make_unique<Contents>(name);
  lossy(file).contents = contents.get();
  return code;
}

int delete_file(sqlite3_vfs*, const char* name, int syncs) {
  const std::lock_guard lock(g_mutex);
  g_contents.erase(name);
  return g_real->xDelete(g_real, name, syncs);
}

// SQLite takes an empty log for none.
int has_file(sqlite3_vfs*, const char* name, int flags, int* found) {
  {
    const std::lock_guard lock(g_mutex);
    const auto at = g_contents.find(std::string_view(name));
    if (flags == SQLITE_ACCESS_EXISTS && at != g_contents.end()) {
      *found = at->second->size() > 0 ? 1 : 0;
      return SQLITE_OK;
    }
  }
  return g_real->xAccess(g_real, name, flags, found);
}

// Who ends in order leaves the machine running.
void keep_all() {
  const std::lock_guard lock(g_mutex);
  for (const auto& [path, contents] : g_contents) contents->sync();
}

template <std::size_t N>
int find_word(const std::array<std::string_view, N>& words, std::string_view word) {
  const auto at = std::find(words.begin(), words.end(), word);
  return at == words.end() ? -1 : static_cast<int>(at - words.begin());
}

}  // namespace

bool die_at(std::string_view operation, std::string_view file, std::int64_t after,
            std::uint64_t seed) {
  const int fatal = find_word(kOperations, operation);
  const int fatal_file = find_word(kFileKinds, file);
  if (fatal < 0 || fatal_file < 0) return false;
  g_fatal = Nothing;
  g_fatal_file = fatal_file;
  g_calls_left = after;
  g_seed = seed;
  g_fatal = fatal;
  return true;
}

void die_now(std::uint64_t seed) {
  const std::lock_guard lock(g_mutex);
  die(seed);
}

void lie_about_syncs() {
  g_lying = true;
}

void install_lossy_disk(Memory memory) {
  sqlite3_initialize();
  g_memory = memory;
  g_real = sqlite3_vfs_find(nullptr);
  g_lossy = *g_real;
  g_lossy.zName = "lossy";
  g_lossy.pNext = nullptr;
  g_lossy.szOsFile = static_cast<int>(sizeof(LossyFile)) + g_real->szOsFile;
  g_lossy.xOpen = open_file;
  g_lossy.xDelete = delete_file;
  g_lossy.xAccess = has_file;
  sqlite3_vfs_register(&g_lossy, 1);
  std::atexit(keep_all);
}

}  // namespace gantry::testing
