#pragma once
// Prunes delivery history and ended deliveries beyond the age that the workspace keeps, in small
// transactions so that posting never waits long. One instance; its job runs alone.

#include "domain/context.h"

namespace gantry::app {

class HistoryPruning {
 public:
  explicit HistoryPruning(const domain::Context& context) : context_(context) {}

  // Errors: those of the store.
  Task<void> run();

 private:
  const domain::Context context_;
};

}  // namespace gantry::app
