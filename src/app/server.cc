#include "app/server.h"

#include <future>
#include <iostream>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_future.hpp>
#include <sched.h>

#include "api/all_routes.h"
#include "api/rest_service.h"
#include "app/control_socket.h"
#include "app/data_directory.h"
#include "app/first_run.h"
#include "app/version.h"
#include "base/log.h"
#include "base/task_group.h"
#include "dispatch/openapi.h"
#include "domain/error_codes.h"
#include "http/server.h"
#include "store/sqlite/sqlite_store.h"

namespace gantry::app {
namespace {

constexpr std::size_t kComputeThreads = 2;
constexpr std::size_t kComputeQueueMax = 256;
constexpr std::chrono::seconds kShutdownGrace{10};

std::size_t usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

std::string encode_integration(const domain::Integration&) {
  return "{}";
}

http::ServerOptions http_options(const Config& config, std::size_t threads, ComputePool& pool) {
  http::ServerOptions options;
  options.listen = config.listen;
  options.tls = config.tls;
  options.threads = threads;
  options.path_prefix = config.path_prefix;
  options.forwarded_count = config.forwarded_count;
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
  Parts(Config config_in, DataDirectory data_in)
      : config(std::move(config_in)),
        data(std::move(data_in)),
        io_threads(config.io_threads != 0 ? config.io_threads : usable_processors()),
        io(static_cast<int>(io_threads)),
        work(asio::make_work_guard(io)),
        tasks(io.get_executor()),
        compute(kComputeThreads, kComputeQueueMax),
        directory(encode_integration) {}

  Result<void> open_store();
  void make_services();
  Result<void> serve();
  void run_threads();

  const Config config;
  DataDirectory data;
  const std::size_t io_threads;
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  SystemClock clock;
  TaskGroup tasks;
  ComputePool compute;
  domain::Directory directory;
  std::unique_ptr<store::sqlite::SqliteStore> store;

  std::unique_ptr<domain::SessionService> sessions;
  std::unique_ptr<api::AllRoutes> routes;
  std::unique_ptr<dispatch::Dispatcher> dispatcher;
  std::unique_ptr<api::RestService> rest;
  ControlCommands commands;
  std::unique_ptr<http::Server> http;
  std::unique_ptr<ControlSocket> control;
};

Result<void> Server::Parts::open_store() {
  store::sqlite::StoreOptions options;
  options.path = data.database_path();
  TRY(store, store::sqlite::SqliteStore::open(std::move(options), directory));
  TRY(const FirstRun first,
      prepare_workspace(*store, config, default_site_url(config), clock.now()));
  if (!first.admin_password.empty()) {
    std::cout << "Made the administrator \"" << config.admin.username << "\" with the password "
              << first.admin_password << " (shown only now)" << std::endl;
  }
  return Done{};
}

void Server::Parts::make_services() {
  const domain::Context context{*store, directory, clock, compute};
  sessions = std::make_unique<domain::SessionService>(context);
  routes = std::make_unique<api::AllRoutes>(
      api::Services{*sessions, directory},
      api::ServerInfo{std::string(kVersion), config.compat_version});
  dispatcher = std::make_unique<dispatch::Dispatcher>(
      routes->routes(), directory, clock, compute,
      dispatch::DispatchOptions{.rate_limits = !config.test_mode,
                                .second_factors = !config.test_mode});
  rest = std::make_unique<api::RestService>(*dispatcher, directory);
  commands.add("token", [this](json::object in) -> Task<json::object> {
    const auto user = directory.find_user_by_name(text_of(in, "username"));
    if (!user) {
      co_return failure("there is no account \"" + std::string(text_of(in, "username")) + "\"");
    }
    CO_TRY(auto session, co_await sessions->system_create_token(user->id));
    co_return json::object{{"userId", session.user->id.text}, {"authToken", session.token}};
  });
}

Result<void> Server::Parts::serve() {
  http = std::make_unique<http::Server>(io, http_options(config, io_threads, compute), *rest);
  TRY_DO(http->start());
  control = std::make_unique<ControlSocket>(io, commands, tasks);
  TRY_DO(control->start(data.control_path()));
  for (const http::Endpoint& endpoint : http->endpoints()) {
    std::cout << "listening on " << endpoint.url() << config.path_prefix << std::endl;
  }
  return Done{};
}

void Server::Parts::run_threads() {
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < io_threads; ++i) threads.emplace_back([this] { io.run(); });
  io.run();
  for (std::thread& thread : threads) thread.join();
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  if (parts_->store) parts_->store->stop();
}

Result<std::unique_ptr<Server>> Server::open(Config config) {
  TRY(auto data, DataDirectory::open(
                     config.data, config.test_mode ? WorkspaceKind::Test : WorkspaceKind::Normal));
  auto parts = std::make_unique<Parts>(std::move(config), std::move(data));
  TRY_DO(parts->open_store());
  parts->make_services();
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Result<void> Server::run() {
  Parts& parts = *parts_;
  parts.store->start();
  TRY_DO(parts.serve());
  asio::signal_set signals(parts.io, SIGINT, SIGTERM);
  signals.async_wait([&parts](const boost::system::error_code& error, int signal) {
    if (error) return;
    log::info("stopping", {{"signal", signal}});
    parts.routes->info().set_ready(false);
    parts.control->stop();
    asio::co_spawn(parts.io, parts.http->stop(kShutdownGrace),
                   [&parts](const std::exception_ptr&, std::size_t cut) {
                     log::info("stopped", {{"connections_cut", cut}});
                     parts.work.reset();
                     parts.io.stop();
                   });
  });
  parts.run_threads();
  parts.store->stop();
  return Done{};
}

json::object Server::run_command(json::object request) {
  Parts& parts = *parts_;
  parts.store->start();
  std::thread thread([&parts] { parts.io.run(); });
  json::object reply =
      asio::co_spawn(parts.io, parts.commands.run(std::move(request)), asio::use_future).get();
  parts.work.reset();
  parts.io.stop();
  thread.join();
  parts.store->stop();
  return reply;
}

json::object describe_api() {
  return {};
}

}  // namespace gantry::app
