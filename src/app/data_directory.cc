#include "app/data_directory.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/error_codes.h"

namespace gantry::app {
namespace {

namespace fs = std::filesystem;

constexpr char kTestMark[] = "/test-mode";

Error system_failure(const std::string& path, int code, const std::string& remedy) {
  return failure(path + ": " + std::strerror(code) + "; " + remedy);
}

Result<void> check_mark(const std::string& path, WorkspaceKind kind) {
  const std::string mark = path + kTestMark;
  const bool has_data = fs::exists(path + "/gantry.db");
  const bool marked = fs::exists(mark);
  std::error_code error;
  if (kind == WorkspaceKind::Normal && marked) {
    return failure(path + " was made with TEST_MODE and has known passwords: use another --data");
  }
  if (kind == WorkspaceKind::Test && has_data && !marked) {
    return failure(path + " was not made with TEST_MODE: use an empty --data for tests");
  }
  if (kind == WorkspaceKind::Test && !marked) {
    std::ofstream(mark) << "This workspace has known passwords.\n" << std::flush;
    if (fs::file_size(mark, error) == 0 || error) {
      fs::remove(mark, error);
      return failure(mark + " could not be written; free some space on the disk");
    }
  }
  return Done{};
}

// A file system of its own begins with a directory for what its repair finds.
Result<void> check_empty(const std::string& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    if (name != "lock" && name != "lost+found") {
      return failure(path + " is not empty: choose a new or empty --data");
    }
  }
  if (error) return system_failure(path, error.value(), "choose another --data");
  return Done{};
}

}  // namespace

Result<DataDirectory> DataDirectory::lock(const std::string& path) {
  const std::string lock_path = path + "/lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    return system_failure(lock_path, errno, "make the directory writable for this user");
  }
  DataDirectory directory(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return failure(path + " is in use by another gantry: stop it, or choose another --data");
  }
  return directory;
}

Result<void> DataDirectory::check_whole() const {
  if (!fs::exists(restoring_path())) return Done{};
  return failure(restoring_path() + ": a restore did not come to its end; remove everything in " +
                 path_ + " and restore the backup again");
}

Result<DataDirectory> DataDirectory::open(const std::string& path, WorkspaceKind kind) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    return system_failure(path, error.value(), "make the parent writable or choose another --data");
  }
  ::chmod(path.c_str(), 0700);
  TRY(DataDirectory directory, lock(path));
  TRY_DO(directory.check_whole());
  TRY_DO(check_mark(path, kind));
  fs::create_directories(directory.uploads_path(), error);
  if (error) {
    return system_failure(directory.uploads_path(), error.value(),
                          "make the directory writable for this user");
  }
  return directory;
}

Result<DataDirectory> DataDirectory::open_existing(const std::string& path) {
  if (!fs::exists(path + "/gantry.db")) {
    return failure(path + "/gantry.db: there is no such file; choose a --data that has one");
  }
  TRY(DataDirectory directory, lock(path));
  TRY_DO(directory.check_whole());
  return directory;
}

Result<DataDirectory> DataDirectory::open_empty(const std::string& path) {
  std::error_code error;
  const bool exists = fs::exists(path, error);
  if (exists) TRY_DO(check_empty(path));
  if (!exists) fs::create_directories(path, error);
  if (error) {
    return system_failure(path, error.value(), "make the parent writable or choose another --data");
  }
  ::chmod(path.c_str(), 0700);
  TRY(DataDirectory directory, lock(path));
  TRY_DO(check_empty(path));
  return directory;
}

bool DataDirectory::is_locked(const std::string& path) {
  const int lock = ::open((path + "/lock").c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return false;
  const bool taken = ::flock(lock, LOCK_EX | LOCK_NB) != 0;
  ::close(lock);
  return taken;
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataDirectory::~DataDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace gantry::app
