#pragma once
// How the server is, on one page of JSON: for `gantry status` and GET /api/v1/gantry.status. What
// needs the disk is read on the store's readers, the rest from counters.

#include "app/care/last_backup.h"
#include "app/data_directory.h"
#include "app/history_pruning.h"
#include "dispatch/dispatcher.h"
#include "http/server.h"
#include "integrations/delivery/scheduler.h"
#include "integrations/script/worker_pool.h"
#include "store/sqlite/sqlite_store.h"

namespace gantry::app {

struct StatusSources {
  const DataDirectory& data;
  store::sqlite::SqliteStore& store;
  const Clock& clock;
  integrations::DeliveryScheduler& deliveries;
  const integrations::script::WorkerPool& engine;
  const dispatch::Dispatcher& dispatcher;
  const HistoryPruning& pruning;
  const std::unique_ptr<http::Server>& http;  // empty until it listens
  bool paused = false;                        // a restored copy calls nobody
};

class StatusReport {
 public:
  explicit StatusReport(const StatusSources& sources)
      : sources_(sources), started_at_(sources.clock.now()) {}

  // Errors: those of the store.
  Task<json::object> make();

 private:
  struct Stored;

  Task<Stored> read_stored();
  json::object deliveries_json(const Stored& stored,
                               const integrations::OpenTargets& targets) const;
  json::object scripts_json() const;
  json::object incoming_json() const;

  const StatusSources sources_;
  const Time started_at_;
};

}  // namespace gantry::app
