#pragma once
// The data directory: made with mode 0700, locked against a second server, and marked when it was
// made in test mode. Errors name the path and the remedy.

#include <string>

#include "base/result.h"

namespace gantry::app {

enum class WorkspaceKind { Normal, Test };

class DataDirectory {
 public:
  // Makes the directory when absent, takes the lock, and checks the mark of test mode.
  static Result<DataDirectory> open(const std::string& path, WorkspaceKind kind);
  // The same for a command that looks after data that is there: nothing is made, and the mark of
  // test mode says nothing.
  static Result<DataDirectory> open_existing(const std::string& path);
  // Makes the directory when absent, takes the lock, and refuses one that has something in it.
  static Result<DataDirectory> open_empty(const std::string& path);
  // Whether a server holds the lock now.
  static bool is_locked(const std::string& path);

  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;
  ~DataDirectory();

  std::string database_path() const { return path_ + "/gantry.db"; }
  std::string uploads_path() const { return path_ + "/uploads"; }
  std::string control_path() const { return path_ + "/control.sock"; }
  // Is there while a backup is put in place: what is beside it is not whole.
  std::string restoring_path() const { return path_ + "/restoring"; }
  std::string last_backup_path() const { return path_ + "/last-backup"; }
  std::string test_mark_path() const { return path_ + "/test-mode"; }
  const std::string& path() const { return path_; }

 private:
  static Result<DataDirectory> lock(const std::string& path);
  Result<void> check_whole() const;

  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_ = -1;
};

}  // namespace gantry::app
