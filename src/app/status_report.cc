#include "app/status_report.h"

#include <filesystem>

#include "app/version.h"

namespace gantry::app {
namespace {

std::int64_t size_of(const std::string& path) {
  std::error_code absent;
  const auto bytes = std::filesystem::file_size(path, absent);
  return absent ? 0 : static_cast<std::int64_t>(bytes);
}

std::int64_t seconds_between(Time from, Time to) {
  return std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(to - from).count());
}

json::object pruning_json(const PruningState& state) {
  json::object out{{"removed", state.removed}, {"caughtUp", state.caught_up}};
  if (state.ended_at) out["lastRunAt"] = to_iso(*state.ended_at);
  return out;
}

}  // namespace

// What only the disk knows.
struct StatusReport::Stored {
  std::int64_t bytes = 0;
  std::int64_t log_bytes = 0;
  std::int64_t open = 0;
  std::optional<Time> oldest_open;
  std::optional<LastBackup> backup;
};

Task<StatusReport::Stored> StatusReport::read_stored() {
  const std::function<Result<Stored>(const domain::Tx&)> work =
      [&data = sources_.data](const domain::Tx& tx) -> Result<Stored> {
    return Stored{size_of(data.database_path()), size_of(data.database_path() + "-wal"),
                  tx.deliveries().count_open(), tx.deliveries().find_oldest_open(),
                  read_last_backup(data)};
  };
  domain::Store& store = sources_.store;
  co_return co_await store.read<Stored>(work);
}

json::object StatusReport::deliveries_json(const Stored& stored,
                                           const integrations::OpenTargets& targets) const {
  const integrations::SchedulerMetrics& metrics = sources_.deliveries.metrics();
  json::object out{{"open", stored.open},
                   {"due", metrics.waiting.load()},
                   {"running", metrics.running.load()},
                   {"retrying", metrics.retrying.load()},
                   {"paused", sources_.paused}};
  if (stored.oldest_open) {
    out["oldestOpenAt"] = to_iso(*stored.oldest_open);
    out["oldestOpenSeconds"] = seconds_between(*stored.oldest_open, sources_.clock.now());
  }
  out["openCircuits"] = {{"count", targets.count},
                         {"targets", json::array(targets.first.begin(), targets.first.end())}};
  return out;
}

json::object StatusReport::scripts_json() const {
  const integrations::script::WorkerPoolMetrics metrics = sources_.engine.metrics();
  json::object out{{"workers", metrics.workers},
                   {"started", metrics.started},
                   {"killed", metrics.killed},
                   {"failed", metrics.failed},
                   {"queued", metrics.queued}};
  if (const auto refused = sources_.engine.not_isolated()) {
    out["isolated"] = refused->empty();
    if (!refused->empty()) out["notIsolatedBecause"] = *refused;
  }
  return out;
}

json::object StatusReport::incoming_json() const {
  const dispatch::RefusedCalls refused = sources_.dispatcher.refused_calls();
  const auto by = [&refused](dispatch::RefusedBy limit) {
    return refused[static_cast<std::size_t>(limit)];
  };
  json::object out{{"overHookAndClientLimit", by(dispatch::RefusedBy::HookAndClient)},
                   {"overHookLimit", by(dispatch::RefusedBy::Hook)},
                   {"overClientLimit", by(dispatch::RefusedBy::Client)}};
  return out;
}

Task<json::object> StatusReport::make() {
  CO_TRY(const Stored stored, co_await read_stored());
  const integrations::OpenTargets targets = co_await sources_.deliveries.open_targets();
  const store::sqlite::StoreMetrics& store = sources_.store.metrics();
  json::object out{{"version", kVersion},
                   {"startedAt", to_iso(started_at_)},
                   {"uptimeSeconds", seconds_between(started_at_, sources_.clock.now())},
                   {"store",
                    {{"bytes", stored.bytes},
                     {"logBytes", stored.log_bytes},
                     {"writeQueue", store.write_queue.load()},
                     {"failedCommits", store.failed_commits.load()}}}};
  out["deliveries"] = deliveries_json(stored, targets);
  out["scripts"] = scripts_json();
  out["incoming"] = incoming_json();
  if (sources_.http) {
    const http::Metrics http = sources_.http->metrics();
    out["http"] = {{"connections", http.connections_open()},
                   {"timedOut", http.connections_timed_out},
                   {"bodiesTooLarge", http.bodies_too_large}};
  }
  out["pruning"] = pruning_json(sources_.pruning.state());
  if (stored.backup) {
    out["lastBackup"] = {{"at", to_iso(stored.backup->at)}, {"bytes", stored.backup->bytes}};
  }
  co_return out;
}

}  // namespace gantry::app
