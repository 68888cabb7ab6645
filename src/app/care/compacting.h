#pragma once
// `gantry compact`: what was deleted leaves the files of the data directory, too.

#include <functional>

#include "app/care/data_check.h"
#include "app/data_directory.h"

namespace gantry::app {

// Has the database written anew by `compact_database`, and removes what may hold deleted content
// beside it: copies made before migrations, and uploaded files that no record names any more.
// Blocks. Errors: those of `compact_database`; then nothing is removed.
Result<json::object> compact_data(const DataDirectory& data, DataUse use,
                                  const std::function<Result<void>()>& compact_database);

}  // namespace gantry::app
