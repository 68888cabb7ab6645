#pragma once
// Prunes delivery history, ended deliveries and records of incoming calls beyond the age that the
// workspace keeps, and such records beyond their number, in small transactions so that posting
// never waits long. One instance; its job runs alone.

#include "domain/context.h"

namespace gantry::app {

class HistoryPruning {
 public:
  explicit HistoryPruning(const domain::Context& context) : context_(context) {}

  // Errors: those of the store.
  Task<void> run();

 private:
  Task<void> prune_old();
  Task<void> prune_many();

  const domain::Context context_;
};

}  // namespace gantry::app
