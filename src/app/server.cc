#include "app/server.h"

#include <cstdlib>
#include <filesystem>
#include <future>
#include <iostream>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <sched.h>

#include "api/all_routes.h"
#include "api/rest_service.h"
#include "app/account_commands.h"
#include "app/care/care_commands.h"
#include "app/care/delivery_pause.h"
#include "app/control_socket.h"
#include "app/data_directory.h"
#include "app/delivery_commands.h"
#include "app/first_run.h"
#include "app/history_pruning.h"
#include "app/housekeeping.h"
#include "app/integration_commands.h"
#include "app/metrics_page.h"
#include "app/resident_memory.h"
#include "app/status_report.h"
#include "app/version.h"
#include "base/log.h"
#include "base/task_group.h"
#include "base/thread_role.h"
#include "dispatch/openapi.h"
#include "domain/error_codes.h"
#include "domain/incoming_call_service.h"
#include "egress/curl_http_client.h"
#include "http/server.h"
#include "integrations/delivery/scheduler.h"
#include "integrations/incoming/incoming_hook.h"
#include "integrations/script/worker_pool.h"
#include "integrations/trigger/outbox_recorder.h"
#include "store/files/directory_storage.h"
#include "store/sqlite/sqlite_store.h"
#include "wire/integration_json.h"

namespace gantry::app {
namespace {

constexpr std::size_t kComputeThreads = 2;
constexpr std::size_t kComputeQueueMax = 256;
constexpr std::chrono::seconds kShutdownGrace{10};
constexpr std::chrono::milliseconds kSettlingTime{500};  // the first requests go before
constexpr std::chrono::minutes kForgetCallsPeriod{1};
constexpr std::chrono::seconds kPruneHistoryPeriod{60};
constexpr std::chrono::hours kExpiredSessionsPeriod{1};

std::size_t usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

json::object encode_integration(const domain::Integration& integration) {
  return wire::to_json(integration, wire::ScriptErrorKey::WheneverEnabled);
}

bool is_yes(const char* name) {
  const char* text = std::getenv(name);
  const std::string value = text == nullptr ? "" : domain::to_lower(text);
  return value == "yes" || value == "true";
}

bool names_engine(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr && domain::to_lower(text) == "ivm";
}

domain::ScriptSwitches script_switches() {
  return {is_yes("FREEZE_INTEGRATION_SCRIPTS"), names_engine("FREEZE_INTEGRATION_SCRIPTS"),
          is_yes("DISABLE_INTEGRATION_SCRIPTS") || names_engine("DISABLE_INTEGRATION_SCRIPTS")};
}

void add_endpoints(std::vector<egress::ip::tcp::endpoint>* out, const http::Server& server) {
  for (const http::Endpoint& endpoint : server.endpoints()) {
    boost::system::error_code error;
    const auto address = egress::ip::make_address(endpoint.address, error);
    if (!error) out->emplace_back(address, endpoint.port);
  }
}

http::ServerOptions http_options(const Config& config, std::size_t threads, ComputePool& pool) {
  http::ServerOptions options;
  options.listen = config.listen;
  options.tls = config.tls;
  options.threads = threads;
  options.path_prefix = config.path_prefix;
  options.forwarded_count = config.forwarded_count;
  options.limits.header_time_max = config.header_time_max;
  options.limits.stall_max = options.limits.rate_grace = config.body_stall_max;
  options.gzip.pool = &pool;
  return options;
}

std::string default_site_url(const Config& config) {
  if (!config.root_url.empty()) return config.root_url;
  const http::ListenAddress& first = config.listen.front();
  return http::Endpoint{first.address, first.port, config.tls.has_value()}.url();
}

}  // namespace

// Made in this order, taken down in reverse.
struct Server::Parts {
  Parts(Config config_in, DataDirectory data_in, Seams seams_in)
      : config(std::move(config_in)),
        data(std::move(data_in)),
        seams(std::move(seams_in)),
        clock(*seams.clock),
        io_threads(config.io_threads != 0 ? config.io_threads : usable_processors()),
        io(static_cast<int>(io_threads)),
        work(asio::make_work_guard(io)),
        tasks(io.get_executor()),
        compute(kComputeThreads, kComputeQueueMax),
        directory(encode_integration) {}

  Result<void> open_store();
  void make_services();
  void make_commands();
  void make_housekeeping();
  Task<void> forget_calls();
  Result<void> listen();
  void start_threads();
  void stop();
  Task<json::object> token_command(json::object in);

  const Config config;
  DataDirectory data;
  const Seams seams;
  const Clock& clock;
  const std::size_t io_threads;
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  TaskGroup tasks;
  ComputePool compute;
  domain::Directory directory;
  std::unique_ptr<store::sqlite::SqliteStore> store;
  std::unique_ptr<domain::Store> before_store;

  std::unique_ptr<integrations::script::WorkerPool> engine;
  std::unique_ptr<egress::CurlHttpClient> client;
  ClosedHttpClient closed_client;
  bool paused = false;  // a restored copy calls nobody
  std::unique_ptr<integrations::EgressRules> egress_rules;
  std::unique_ptr<integrations::LoadedIntegrations> loaded_integrations;
  std::unique_ptr<integrations::ScriptRunner> scripts;
  std::unique_ptr<integrations::OutboxRecorder> outbox;
  integrations::DeliveryFeed feed;
  std::unique_ptr<integrations::DeliveryScheduler> deliveries;
  std::unique_ptr<domain::EventFollower> before_scheduler;
  std::unique_ptr<integrations::IncomingHooks> hooks;

  std::unique_ptr<domain::SessionService> sessions;
  std::unique_ptr<domain::AccountServices> accounts;
  std::unique_ptr<domain::RoomServices> rooms;
  std::unique_ptr<store::files::DirectoryStorage> files;
  std::unique_ptr<domain::MessageServices> messages;
  std::unique_ptr<domain::IntegrationSaving> integration_saving;
  std::unique_ptr<domain::IntegrationService> integrations;
  std::unique_ptr<domain::ScriptVersionService> script_versions;
  std::unique_ptr<domain::DeliveryService> delivery_log;
  std::unique_ptr<domain::IncomingCallService> incoming_calls;
  std::unique_ptr<integrations::TrialService> trials;
  std::unique_ptr<api::AllRoutes> routes;
  std::unique_ptr<dispatch::Dispatcher> dispatcher;
  std::unique_ptr<api::RestService> rest;
  std::unique_ptr<HistoryPruning> pruning;
  std::unique_ptr<StatusReport> status;
  ControlCommands commands;
  std::unique_ptr<AccountCommands> account_commands;
  std::unique_ptr<CareCommands> care_commands;
  std::unique_ptr<DeliveryCommands> delivery_commands;
  std::unique_ptr<integrations::IntegrationFiles> integration_files;
  std::unique_ptr<IntegrationCommands> integration_commands;
  std::unique_ptr<http::Server> http;
  std::unique_ptr<MetricsPage> metrics_page;
  std::unique_ptr<http::Server> metrics_http;
  std::unique_ptr<ControlSocket> control;
  std::unique_ptr<Housekeeping> housekeeping;
  std::vector<std::thread> threads;
};

Result<void> Server::Parts::open_store() {
  store::sqlite::StoreOptions options;
  options.path = data.database_path();
  TRY(store, store::sqlite::SqliteStore::open(std::move(options), directory));
  TRY(const FirstRun first, prepare_workspace(*store, config, clock.now()));
  if (directory.settings()->get_text(domain::Setting::SiteUrl).empty()) {
    // Nobody set one: what the listener says holds for this run and is not stored.
    directory.apply(
        domain::SettingChanged{domain::Setting::SiteUrl, json::value(default_site_url(config))});
  }
  if (!first.admin_password.empty()) {
    std::cerr << "Made the administrator \"" << first.admin_username << "\" with the password "
              << first.admin_password << " (shown only now)" << std::endl;
  }
  return Done{};
}

void Server::Parts::make_services() {
  if (seams.before_store) before_store = seams.before_store(*store);
  domain::Store& used_store = before_store ? *before_store : *store;
  const domain::Context context{used_store, directory, clock, compute};
  const domain::ScriptSwitches switches = script_switches();
  engine = std::make_unique<integrations::script::WorkerPool>(
      io, integrations::script::WorkerPoolOptions{});
  client = std::make_unique<egress::CurlHttpClient>(
      egress::EgressOptions{.proxy = egress::ProxySettings::from_environment()});
  egress_rules = std::make_unique<integrations::EgressRules>(directory);
  loaded_integrations = std::make_unique<integrations::LoadedIntegrations>(directory, used_store);
  egress::HttpClient* const way_out =
      paused ? &closed_client : static_cast<egress::HttpClient*>(client.get());
  scripts =
      std::make_unique<integrations::ScriptRunner>(*engine, *way_out, *egress_rules, switches);
  outbox = std::make_unique<integrations::OutboxRecorder>(directory, clock);
  store->add_recorder(*outbox);
  deliveries = std::make_unique<integrations::DeliveryScheduler>(
      io.get_executor(),
      integrations::AttemptTools{context, *scripts, *way_out, *egress_rules, *loaded_integrations,
                                 tasks, &feed},
      tasks, integrations::SchedulerOptions{});
  if (seams.before_scheduler) before_scheduler = seams.before_scheduler(*deliveries);
  // The rows of the outbox wait for a start that resumes.
  if (!paused) store->add_follower(before_scheduler ? *before_scheduler : *deliveries);
  store->add_follower(feed);
  hooks = std::make_unique<integrations::IncomingHooks>(context, *loaded_integrations, *scripts,
                                                        tasks, io.get_executor());

  sessions = std::make_unique<domain::SessionService>(
      context, domain::TrustedCallers{config.create_tokens_for_users, config.create_tokens_secret});
  accounts = std::make_unique<domain::AccountServices>(context);
  rooms = std::make_unique<domain::RoomServices>(context);
  files = std::make_unique<store::files::DirectoryStorage>(data.uploads_path());
  messages = std::make_unique<domain::MessageServices>(context, *files);
  integration_saving =
      std::make_unique<domain::IntegrationSaving>(directory, clock, *scripts, switches);
  integrations = std::make_unique<domain::IntegrationService>(context, *integration_saving);
  script_versions = std::make_unique<domain::ScriptVersionService>(context, *integrations);
  delivery_log = std::make_unique<domain::DeliveryService>(context);
  incoming_calls = std::make_unique<domain::IncomingCallService>(context);
  trials = std::make_unique<integrations::TrialService>(integrations::TrialService::Services{
      context, *integration_saving, *integrations, *script_versions, *delivery_log, *incoming_calls,
      *engine, switches});
  routes = std::make_unique<api::AllRoutes>(
      api::Services{.sessions = *sessions,
                    .accounts = *accounts,
                    .store = used_store,
                    .rooms = *rooms,
                    .messages = *messages,
                    .compute = compute,
                    .integrations = *integrations,
                    .deliveries = *delivery_log,
                    .incoming_calls = *incoming_calls,
                    .script_versions = *script_versions,
                    .trials = *trials,
                    .hooks = *hooks,
                    .status = [this] { return status->make(); },
                    .directory = directory,
                    .clock = clock,
                    .unsafe_parameters = config.unsafe_query_and_fields
                                             ? api::UnsafeParameters::Honoured
                                             : api::UnsafeParameters::Ignored},
      api::ServerInfo{std::string(kVersion), config.compat_version, config.path_prefix,
                      paused ? kPauseNotice : ""});
  dispatcher = std::make_unique<dispatch::Dispatcher>(
      routes->routes(), directory, clock, compute,
      dispatch::DispatchOptions{.rate_limits = !config.test_mode,
                                .second_factors = !config.test_mode});
  rest = std::make_unique<api::RestService>(*dispatcher, directory);
  pruning = std::make_unique<HistoryPruning>(context);
  status = std::make_unique<StatusReport>(StatusSources{data, *store, clock, *deliveries, *engine,
                                                        *dispatcher, *pruning, http, paused});
}

void Server::Parts::make_commands() {
  commands.add("status", [this](const json::object&) { return status->make(); });
  commands.add("token", std::bind_front(&Parts::token_command, this));
  account_commands = std::make_unique<AccountCommands>(accounts->accounts, directory);
  account_commands->add_to(commands);
  care_commands = std::make_unique<CareCommands>(data, *store, *files, directory, clock);
  care_commands->add_to(commands);
  delivery_commands = std::make_unique<DeliveryCommands>(*delivery_log, feed, directory, clock);
  delivery_commands->add_to(commands);
  integration_files = std::make_unique<integrations::IntegrationFiles>(
      domain::Context{*store, directory, clock, compute}, *integrations, *integration_saving);
  integration_commands =
      std::make_unique<IntegrationCommands>(*trials, *integration_files, directory);
  integration_commands->add_to(commands);
}

void Server::Parts::make_housekeeping() {
  housekeeping = std::make_unique<Housekeeping>(tasks, io.get_executor());
  housekeeping->add("forget calls", kForgetCallsPeriod, [this] { return forget_calls(); });
  housekeeping->add("prune history", kPruneHistoryPeriod, [this] { return pruning->run(); });
  housekeeping->add("remove expired sessions", kExpiredSessionsPeriod,
                    [this] { return sessions->system_remove_expired(); });
}

Task<void> Server::Parts::forget_calls() {
  dispatcher->sweep();
  co_return Done{};
}

Task<json::object> Server::Parts::token_command(json::object in) {
  const std::string name(text_of(in, "username"));
  const auto user = directory.find_user_by_name(name);
  if (!user) co_return failure("there is no account \"" + name + "\"");
  CO_TRY(const auto session, co_await sessions->system_create_token(user->id));
  co_return json::object{{"userId", session.user->id.text}, {"authToken", session.token}};
}

Result<void> Server::Parts::listen() {
  http = std::make_unique<http::Server>(io, http_options(config, io_threads, compute), *rest);
  TRY_DO(http->start());
  if (config.metrics_listen) {
    metrics_page = std::make_unique<MetricsPage>(MetricsSources{
        *http, *dispatcher, *store, directory, *client, *engine, *deliveries, compute});
    http::ServerOptions options;
    options.listen = {*config.metrics_listen};
    options.threads = io_threads;
    metrics_http = std::make_unique<http::Server>(io, std::move(options), *metrics_page);
    TRY_DO(metrics_http->start());
  }
  std::vector<egress::ip::tcp::endpoint> own_listeners;
  add_endpoints(&own_listeners, *http);
  if (metrics_http) add_endpoints(&own_listeners, *metrics_http);
  egress_rules->set_own_listeners(std::move(own_listeners));
  control = std::make_unique<ControlSocket>(io, commands, tasks);
  TRY_DO(control->start(data.control_path()));
  for (const http::Endpoint& endpoint : http->endpoints()) {
    std::cout << "listening on " << endpoint.url() << config.path_prefix << std::endl;
  }
  return Done{};
}

void Server::Parts::start_threads() {
  for (std::size_t i = 0; i < io_threads; ++i) {
    threads.emplace_back([this] {
      enter_thread("io", ThreadRole::Serving);
      io.run();
    });
  }
}

// In the order in which work flows: nothing new comes in, what runs ends, then the store.
void Server::Parts::stop() {
  routes->info().set_ready(false);
  if (control) control->stop();
  care_commands->stop();
  feed.stop();
  if (http) {
    const std::size_t cut = asio::co_spawn(io, http->stop(kShutdownGrace), asio::use_future).get();
    if (cut > 0) log::warn("connections cut", {{"count", cut}});
  }
  housekeeping->stop();
  deliveries->stop();
  client->stop();
  // Scripts that run now end within their limits; their attempts are recorded.
  tasks.join();
  engine->stop();
  engine->join();
  store->stop();
  work.reset();
  io.stop();
  for (std::thread& thread : threads) thread.join();
  threads.clear();
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::open(Config config, Seams seams) {
  TRY(auto data, DataDirectory::open(
                     config.data, config.test_mode ? WorkspaceKind::Test : WorkspaceKind::Normal));
  if (!seams.clock) seams.clock = std::make_unique<SystemClock>();
  auto parts = std::make_unique<Parts>(std::move(config), std::move(data), std::move(seams));
  if (parts->config.resume_deliveries) TRY_DO(remove_pause_mark(parts->data));
  parts->paused = deliveries_paused(parts->data);
  TRY_DO(parts->open_store());
  parts->make_services();
  parts->make_commands();
  parts->make_housekeeping();
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

void Server::add_command(std::string name, ControlCommands::Command command) {
  parts_->commands.add(std::move(name), std::move(command));
}

void Server::look_at_clock() {
  parts_->deliveries->wake();
  parts_->housekeeping->hurry();
}

Result<void> Server::run() {
  Parts& parts = *parts_;
  keep_large_blocks_apart();
  parts.store->start();
  std::promise<int> asked;
  asio::signal_set signals(parts.io, SIGINT, SIGTERM);
  signals.async_wait([&asked](const boost::system::error_code& error, int signal) {
    if (!error) asked.set_value(signal);
  });
  parts.start_threads();
  Result<void> listening = parts.listen();
  if (listening) {
    if (parts.paused) {
      log::warn(kPauseNotice);
    } else {
      parts.deliveries->start();
    }
    parts.housekeeping->start();
    parts.engine->warm_up();
    std::future<int> signal = asked.get_future();
    if (signal.wait_for(kSettlingTime) == std::future_status::timeout) give_back_start_memory();
    log::info("stopping", {{"signal", signal.get()}});
  }
  signals.cancel();
  parts.stop();
  return listening;
}

json::object Server::run_command(json::object request) {
  Parts& parts = *parts_;
  parts.store->start();
  parts.start_threads();
  json::object reply =
      asio::co_spawn(parts.io, parts.commands.run(std::move(request)), asio::use_future).get();
  parts.stop();
  return reply;
}

json::object Server::describe_api() const {
  return dispatch::to_openapi(parts_->routes->routes(), kVersion);
}

json::object describe_api() {
  std::string place = (std::filesystem::temp_directory_path() / "gantry-openapi-XXXXXX").string();
  if (::mkdtemp(place.data()) == nullptr) throw std::runtime_error("no temporary directory");
  json::object out;
  {
    Config config;
    config.data = place;
    config.listen = {{"127.0.0.1", 0}};
    config.admin.password = random_secret();
    auto server = Server::open(std::move(config), {});
    if (server) out = (*server)->describe_api();
  }
  std::filesystem::remove_all(place);
  return out;
}

}  // namespace gantry::app
