#pragma once
// Writes the outbox: a delivery for each URL of each integration that an event triggers, in the
// transaction of the event itself. Runs on the writer thread.

#include "base/time.h"
#include "domain/directory.h"
#include "domain/event.h"
#include "domain/store.h"

namespace gantry::integrations {

class OutboxRecorder final : public domain::EventRecorder {
 public:
  OutboxRecorder(const domain::Directory& directory, const Clock& clock)
      : directory_(directory), clock_(clock) {}

  Result<void> record(domain::Tx& tx, const domain::Event& event) override;

 private:
  const domain::Directory& directory_;
  const Clock& clock_;
};

}  // namespace gantry::integrations
