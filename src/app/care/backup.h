#pragma once
// `gantry backup`: the data of this moment in one file. A server may run on the data meanwhile;
// then it is the one that makes the backup, and holds back the removal of uploaded files.

#include <atomic>

#include "app/data_directory.h"
#include "base/json.h"
#include "base/time.h"

namespace gantry::app {

struct BackupOrder {
  enum class Existing { Refused, Replaced };

  std::string file;  // absolute
  Existing existing = Existing::Refused;
  Time now;
};

// Blocks. What was committed before the call is in it. Errors: Failure, naming the path and the
// remedy; StorageFailed, when the data is damaged; Unavailable once `stop` is set.
Result<json::object> make_backup(const DataDirectory& data, const BackupOrder& order,
                                 const std::atomic<bool>& stop);

}  // namespace gantry::app
