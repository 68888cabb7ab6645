#pragma once
// GET /metrics in Prometheus' text form, on a listener of its own. Reads counters without locks.

#include "base/compute_pool.h"
#include "dispatch/dispatcher.h"
#include "domain/directory.h"
#include "egress/curl_http_client.h"
#include "http/server.h"
#include "integrations/delivery/scheduler.h"
#include "integrations/script/worker_pool.h"
#include "store/sqlite/sqlite_store.h"

namespace gantry::app {

struct MetricsSources {
  const http::Server& http;
  const dispatch::Dispatcher& dispatcher;
  const store::sqlite::SqliteStore& store;
  const domain::Directory& directory;
  const egress::CurlHttpClient& client;
  const integrations::script::WorkerPool& engine;
  const integrations::DeliveryScheduler& deliveries;
  const ComputePool& compute;
};

class MetricsPage final : public http::Service {
 public:
  explicit MetricsPage(const MetricsSources& sources) : sources_(sources) {}

  std::size_t body_bytes_max(http::Method method, std::string_view path) const override;
  http::Answer serve(http::Request request) override;

 private:
  std::string text() const;

  const MetricsSources sources_;
};

}  // namespace gantry::app
