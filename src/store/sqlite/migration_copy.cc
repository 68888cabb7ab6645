#include "store/sqlite/migration_copy.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "domain/error_codes.h"
#include "store/sqlite/database_care.h"

namespace gantry::store::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInfix = ".version-";
constexpr std::string_view kUnfinished = ".part";

// The file or directory is on disk then.
bool sync(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  const int code = errno;
  ::close(fd);
  errno = code;
  return synced;
}

void prune_copies(const std::string& path) {
  const auto copies = list_migration_copies(path);
  for (std::size_t i = 0; i + kMigrationCopiesMax < copies.size(); ++i) {
    ::unlink(copies[i].c_str());
    log::info("old copy of the database removed", {{"file", copies[i]}});
  }
}

}  // namespace

Result<void> copy_before_migration(const std::string& path, int version) {
  const std::string copy = path + std::string(kInfix) + std::to_string(version);
  const std::string unfinished = copy + std::string(kUnfinished);
  const std::atomic<bool> never{false};
  TRY_DO(copy_database(path, unfinished, never));
  const std::string parent = fs::path(path).parent_path().string();
  if (::chmod(unfinished.c_str(), 0600) != 0 || !sync(unfinished) ||
      ::rename(unfinished.c_str(), copy.c_str()) != 0 || !sync(parent.empty() ? "." : parent)) {
    const int code = errno;
    ::unlink(unfinished.c_str());
    return failure(copy + ": " + std::strerror(code) +
                   "; the database is copied before it is changed, so free some space on the disk");
  }
  log::info("database copied before it is changed", {{"file", copy}, {"version", version}});
  prune_copies(path);
  return Done{};
}

std::vector<std::string> list_migration_copies(const std::string& path) {
  const fs::path database(path);
  const std::string prefix = database.filename().string() + std::string(kInfix);
  const fs::path parent = database.has_parent_path() ? database.parent_path() : fs::path(".");
  std::vector<std::pair<int, std::string>> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    int version = 0;
    const char* const end = name.data() + name.size();
    const auto [stopped, error] = std::from_chars(name.data() + prefix.size(), end, version);
    if (error == std::errc{} && stopped == end) found.emplace_back(version, entry.path().string());
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  out.reserve(found.size());
  for (auto& [version, copy] : found) out.push_back(std::move(copy));
  return out;
}

}  // namespace gantry::store::sqlite
