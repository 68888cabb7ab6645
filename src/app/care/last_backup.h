#pragma once
// When a data directory was backed up last: a small file in it, which is not part of a backup.

#include <optional>

#include "app/data_directory.h"
#include "base/time.h"

namespace gantry::app {

struct LastBackup {
  Time at;
  std::uint64_t bytes = 0;
};

// Failing to write it is logged: the backup itself is well.
void note_backup(const DataDirectory& data, const LastBackup& backup);
// Nothing when there was none, or when it cannot be read.
std::optional<LastBackup> read_last_backup(const DataDirectory& data);

}  // namespace gantry::app
