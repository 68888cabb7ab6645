#include "app/metrics_page.h"

#include <fmt/format.h>

namespace gantry::app {
namespace {

enum class Kind { Counter, Gauge };

class Page {
 public:
  void add(std::string_view name, Kind kind, std::string_view words, std::uint64_t value) {
    head(name, kind, words);
    fmt::format_to(std::back_inserter(text_), "{} {}\n", name, value);
  }
  void head(std::string_view name, Kind kind, std::string_view words) {
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, words, name,
                   kind == Kind::Counter ? "counter" : "gauge");
  }
  void row(std::string_view name, std::string_view label, std::string_view label_value,
           std::uint64_t value) {
    fmt::format_to(std::back_inserter(text_), "{}{{{}=\"{}\"}} {}\n", name, label, label_value,
                   value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

constexpr std::string_view kClasses[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};

void add_http(Page& page, const http::Metrics& m) {
  page.add("gantry_http_connections", Kind::Gauge, "Open connections", m.connections_open());
  page.add("gantry_http_connections_accepted_total", Kind::Counter, "Connections accepted",
           m.connections_accepted);
  page.add("gantry_http_connections_refused_total", Kind::Counter,
           "Connections refused over a limit", m.connections_refused);
  page.add("gantry_http_connections_timed_out_total", Kind::Counter,
           "Connections cut for being slow", m.connections_timed_out);
  page.add("gantry_http_bodies_too_large_total", Kind::Counter,
           "Requests refused because their body is too large", m.bodies_too_large);
  page.add("gantry_http_received_bytes_total", Kind::Counter, "Bytes received", m.bytes_received);
  page.add("gantry_http_sent_bytes_total", Kind::Counter, "Bytes sent", m.bytes_sent);
  page.head("gantry_http_replies_total", Kind::Counter, "Replies by class of status");
  for (std::size_t i = 0; i < m.replies_by_class.size(); ++i) {
    page.row("gantry_http_replies_total", "class", kClasses[i], m.replies_by_class[i]);
  }
}

void add_store(Page& page, const store::sqlite::StoreMetrics& m) {
  page.add("gantry_store_commits_total", Kind::Counter, "Commits", m.commits.load());
  page.add("gantry_store_writes_total", Kind::Counter, "Write functions run", m.writes.load());
  page.add("gantry_store_reads_total", Kind::Counter, "Read functions run", m.reads.load());
  page.add("gantry_store_failed_commits_total", Kind::Counter, "Groups that could not be committed",
           m.failed_commits.load());
  page.add("gantry_store_write_queue", Kind::Gauge, "Writes that wait", m.write_queue.load());
}

void add_egress(Page& page, const egress::EgressMetrics& m) {
  page.add("gantry_egress_active", Kind::Gauge, "Requests on the wire", m.active);
  page.add("gantry_egress_waiting", Kind::Gauge, "Requests that wait for a place", m.waiting);
  page.add("gantry_egress_replies_total", Kind::Counter, "Replies received", m.replies);
  page.head("gantry_egress_failures_total", Kind::Counter, "Requests that failed, by kind");
  for (std::size_t i = 0; i < m.failures.size(); ++i) {
    page.row("gantry_egress_failures_total", "kind",
             egress::to_string(static_cast<egress::HttpFailure::Kind>(i)), m.failures[i]);
  }
}

void add_scripts(Page& page, const integrations::script::WorkerPoolMetrics& m) {
  page.add("gantry_script_runs_total", Kind::Counter, "Script runs", m.runs);
  page.add("gantry_script_busy_total", Kind::Counter, "Runs refused because no worker came free",
           m.busy);
  page.add("gantry_script_workers_killed_total", Kind::Counter, "Workers killed for being late",
           m.killed);
  page.add("gantry_script_runs_aside_total", Kind::Counter,
           "Long runs that stepped aside for runs that waited", m.aside);
  page.add("gantry_script_workers", Kind::Gauge, "Worker processes", m.workers);
  page.add("gantry_script_queued", Kind::Gauge, "Runs that wait for a worker", m.queued);
}

void add_deliveries(Page& page, const integrations::SchedulerMetrics& m) {
  page.add("gantry_delivery_attempts_total", Kind::Counter, "Attempts begun", m.attempts.load());
  page.add("gantry_delivery_retries_total", Kind::Counter, "Attempts that were retries",
           m.retries.load());
  page.add("gantry_delivery_waiting", Kind::Gauge, "Deliveries that wait in a line",
           m.waiting.load());
  page.add("gantry_delivery_open_circuits", Kind::Gauge,
           "Targets that could not be reached and are only probed", m.open_circuits.load());
  page.add("gantry_delivery_retrying", Kind::Gauge, "Deliveries that wait for a retry",
           m.retrying.load());
  page.add("gantry_delivery_running", Kind::Gauge, "Attempts under way", m.running.load());
}

// By dispatch::RefusedBy.
constexpr std::string_view kLimits[dispatch::kRefusers] = {"route", "hook-and-client", "hook",
                                                           "client"};

void add_refused(Page& page, const dispatch::RefusedCalls& refused) {
  constexpr std::string_view kName = "gantry_calls_over_limit_total";
  page.head(kName, Kind::Counter, "Calls answered 429, by the limit that refused");
  for (std::size_t i = 0; i < refused.size(); ++i) page.row(kName, "limit", kLimits[i], refused[i]);
}

}  // namespace

std::size_t MetricsPage::body_bytes_max(http::Method, std::string_view) const {
  return 0;
}

http::Answer MetricsPage::serve(http::Request request) {
  if (request.path() != "/metrics" || request.method != http::Method::Get) {
    return http::Response{
        .status = 404, .headers = {}, .content_type = "text/plain", .body = "Not found\n"};
  }
  return http::Response{
      .headers = {}, .content_type = "text/plain; version=0.0.4; charset=utf-8", .body = text()};
}

std::string MetricsPage::text() const {
  Page page;
  add_http(page, sources_.http.metrics());
  add_refused(page, sources_.dispatcher.refused_calls());
  add_store(page, sources_.store.metrics());
  add_egress(page, sources_.client.metrics());
  add_scripts(page, sources_.engine.metrics());
  add_deliveries(page, sources_.deliveries.metrics());
  page.add("gantry_users", Kind::Gauge, "Accounts", sources_.directory.user_count());
  page.add("gantry_memberships", Kind::Gauge, "Memberships held in memory",
           sources_.directory.membership_count());
  page.add("gantry_integrations", Kind::Gauge, "Integrations",
           sources_.directory.list_integrations().size());
  page.add("gantry_compute_queue", Kind::Gauge, "Calls that wait for or use the compute pool",
           sources_.compute.queued());
  return page.take();
}

}  // namespace gantry::app
