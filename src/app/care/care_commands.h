#pragma once
// `backup` and `compact` of a server that runs: one at a time, on a thread of their own; and the
// part of `check` that only the server itself can do.

#include "app/control_commands.h"
#include "app/data_directory.h"
#include "base/compute_pool.h"
#include "base/time.h"
#include "store/files/directory_storage.h"
#include "store/sqlite/sqlite_store.h"

namespace gantry::app {

class CareCommands {
 public:
  CareCommands(const DataDirectory& data, store::sqlite::SqliteStore& store,
               store::files::DirectoryStorage& files, const domain::Directory& directory,
               const Clock& clock)
      : data_(data), store_(store), files_(files), directory_(directory), clock_(clock) {}

  void add_to(ControlCommands& commands);
  // What runs ends soon, with an error.
  void stop() { stopping_ = true; }

 private:
  Task<json::object> backup(json::object in);
  Task<json::object> compact(json::object in);
  Task<json::object> check_memory(json::object in);
  Task<json::object> run_alone(std::function<Result<json::object>()> work);

  const DataDirectory& data_;
  store::sqlite::SqliteStore& store_;
  store::files::DirectoryStorage& files_;
  const domain::Directory& directory_;
  const Clock& clock_;
  std::atomic<bool> stopping_{false};
  ComputePool thread_{1, 1};
};

}  // namespace gantry::app
