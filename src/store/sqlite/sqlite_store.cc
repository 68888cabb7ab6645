#include "store/sqlite/sqlite_store.h"

#include <future>
#include <utility>

#include <boost/asio/associated_executor.hpp>

#include "base/log.h"
#include "base/post_together.h"
#include "base/thread_role.h"
#include "domain/error_codes.h"
#include "store/sqlite/database_care.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/sqlite_tx.h"
#include "store/sqlite/store_error.h"

namespace gantry::store::sqlite {
namespace {

constexpr char kBegin[] = "BEGIN IMMEDIATE";
constexpr char kBeginRead[] = "BEGIN";
constexpr char kCommit[] = "COMMIT";
constexpr char kRollback[] = "ROLLBACK";
constexpr char kSavepoint[] = "SAVEPOINT one";
constexpr char kRelease[] = "RELEASE one";
constexpr char kRollbackTo[] = "ROLLBACK TO one";

Error to_error(const StoreFault& fault) {
  log::error("store failed", {{"fault", fault.what()}, {"code", fault.code()}});
  return Error(fault.disk_full() ? ErrorCode::StorageFull : ErrorCode::StorageFailed)
      .with_cause(fault.what());
}

void set_up(Connection& connection) {
  connection.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
      "PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;");
}

}  // namespace

bool SqliteStore::ReadQueue::push(ReadJob job, std::size_t max) {
  {
    const std::lock_guard lock(mutex);
    if (stopping || jobs.size() >= max) return false;
    jobs.push_back(std::move(job));
  }
  filled.notify_one();
  return true;
}

bool SqliteStore::ReadQueue::pop(ReadJob& job) {
  std::unique_lock lock(mutex);
  filled.wait(lock, [this] { return stopping || !jobs.empty(); });
  if (jobs.empty()) return false;
  job = std::move(jobs.front());
  jobs.pop_front();
  return true;
}

void SqliteStore::ReadQueue::stop() {
  {
    const std::lock_guard lock(mutex);
    stopping = true;
  }
  filled.notify_all();
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(StoreOptions options,
                                                       domain::Directory& directory) {
  const std::string path = options.path;
  try {
    std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(options), directory));
    TRY_DO(migrate(store->writer_, path));
    store->load_directory();
    return store;
  } catch (const StoreFault& fault) {
    return to_error(fault, path);
  }
}

SqliteStore::SqliteStore(StoreOptions options, domain::Directory& directory)
    : options_(std::move(options)),
      directory_(directory),
      writer_(options_.path, Access::GatheredWrite),
      checkpointer_(writer_, options_.path, options_.checkpoint_pages),
      writes_(options_.writes) {
  set_up(writer_);
}

SqliteStore::~SqliteStore() {
  stop();
}

void SqliteStore::start() {
  checkpointer_.start();
  threads_.emplace_back([this] { write_loop(); });
  for (std::size_t i = 0; i < options_.readers; ++i) {
    threads_.emplace_back([this] { read_loop(options_.path); });
  }
}

void SqliteStore::stop() {
  writes_.stop();
  reads_.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  checkpointer_.stop();
}

void SqliteStore::load_directory() {
  SqliteTx tx(writer_, recorders_);
  const domain::Tx& read = tx;
  for (const domain::Role& role : read.rights().list_roles()) {
    directory_.apply(domain::RoleChanged{role});
  }
  for (const domain::Grant& grant : read.rights().list_grants()) {
    directory_.apply(domain::GrantChanged{grant});
  }
  for (auto& [setting, value] : read.settings().list()) {
    directory_.apply(domain::SettingChanged{setting, std::move(value)});
  }
  read.users().visit_all([this](domain::User user) {
    directory_.apply(domain::UserChanged{std::make_shared<const domain::User>(std::move(user))});
  });
  read.users().visit_all_tokens(
      [this](domain::Token token) { directory_.apply(domain::TokenAdded{std::move(token)}); });
  read.rooms().visit_all([this](domain::Room room) {
    directory_.apply(domain::RoomChanged{std::make_shared<const domain::Room>(std::move(room))});
  });
  directory_.load_memberships([&read](const domain::MembershipVisitor& visit) {
    read.subscriptions().visit_memberships(visit);
  });
  directory_.load_integrations(
      [&read](const domain::IntegrationVisitor& visit) { read.integrations().visit_all(visit); });
  writer_.release_memory();
}

template <class Push>
Task<void> SqliteStore::submit(Push push) {
  // Safety: `push` lives in this frame until the job is done; the handler resumes it exactly once.
  const auto start = [&push](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const Completion completion{asio::get_associated_executor(*shared), [shared](Outcome outcome) {
                                  std::move (*shared)(outcome.fault, std::move(outcome.result));
                                }};
    if (!push(completion)) post_alone(Completed(completion, {Error(ErrorCode::Busy), nullptr}));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&,
                                          void(std::exception_ptr, Result<void>)>(
      start, asio::use_awaitable);
}

Task<void> SqliteStore::run_write(std::function<Result<void>(domain::Tx&)> work,
                                  domain::Urgency urgency) {
  const auto push = [this, &work, urgency](Completion completion) {
    return writes_.push({std::move(work), std::move(completion), urgency});
  };
  co_return co_await submit(push);
}

Task<void> SqliteStore::run_read(std::function<Result<void>(const domain::Tx&)> work) {
  const auto push = [this, &work](Completion completion) {
    return reads_.push({std::move(work), std::move(completion)}, options_.read_queue_max);
  };
  co_return co_await submit(push);
}

Result<void> SqliteStore::write_now(const std::function<Result<void>(domain::Tx&)>& work) {
  Outcome outcome = run_alone(work);
  if (outcome.fault) std::rethrow_exception(outcome.fault);
  return std::move(outcome.result);
}

Result<void> SqliteStore::read_now(const std::function<Result<void>(const domain::Tx&)>& work) {
  const SqliteTx tx(writer_, recorders_);
  return work(tx);
}

void SqliteStore::write_loop() {
  enter_thread("store-writer", ThreadRole::Background);
  std::vector<WriteJob> group;
  while (writes_.take_group(group)) {
    metrics_.write_queue.store(writes_.size(), std::memory_order_relaxed);
    run_between();
    run_group(group);
  }
}

void SqliteStore::run_between() {
  std::function<void()> work;
  {
    const std::lock_guard lock(between_mutex_);
    work.swap(between_);
  }
  if (work) work();
}

Result<void> SqliteStore::compact(const std::atomic<bool>& stop) {
  std::promise<Result<void>> done;
  std::future<Result<void>> result = done.get_future();
  {
    const std::lock_guard lock(between_mutex_);
    between_ = [this, &done, &stop] { done.set_value(compact_database(options_.path, stop)); };
  }
  // A write that does nothing wakes the writer.
  const auto nothing = [](domain::Tx&) -> Result<void> { return Done{}; };
  if (!writes_.push({nothing, {}, domain::Urgency::Now})) {
    const std::lock_guard lock(between_mutex_);
    if (std::exchange(between_, nullptr)) return ErrorCode::Busy;
  }
  return result.get();
}

void SqliteStore::run_group(std::vector<WriteJob>& group) {
  metrics_.writes.fetch_add(group.size(), std::memory_order_relaxed);
  if (try_group(group, Separation::None)) return;
  // Nobody of the group was told anything: its functions run again.
  if (try_group(group, Separation::Savepoints)) return;
  metrics_.failed_commits.fetch_add(1, std::memory_order_relaxed);
  for (WriteJob& job : group) {
    Outcome outcome = run_alone(job.work);
    if (job.completion.resume) {
      post_alone(Completed(std::move(job.completion), std::move(outcome)));
    }
  }
}

bool SqliteStore::try_group(std::vector<WriteJob>& group, Separation separation) {
  SqliteTx tx(writer_, recorders_);
  std::vector<Outcome> outcomes;
  outcomes.reserve(group.size());
  try {
    writer_.prepare(kBegin).run();
    for (const WriteJob& job : group) {
      if (separation == Separation::Savepoints) {
        outcomes.push_back(run_in_savepoint(tx, writer_, job.work));
      } else {
        auto outcome = run_bare(tx, writer_, job.work);
        if (!outcome) {
          if (writer_.in_transaction()) writer_.prepare(kRollback).run();
          return false;
        }
        outcomes.push_back(*std::move(outcome));
      }
      if (!writer_.in_transaction()) return false;
    }
    writer_.prepare(kCommit).run();
  } catch (const StoreFault&) {
    if (writer_.in_transaction()) writer_.execute(kRollback);
    return false;
  }
  metrics_.commits.fetch_add(1, std::memory_order_relaxed);
  publish(tx);
  std::vector<Completed> completed;
  completed.reserve(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!group[i].completion.resume) continue;
    completed.emplace_back(std::move(group[i].completion), std::move(outcomes[i]));
  }
  post_together(std::move(completed));
  tell_followers(tx);
  checkpointer_.after_commit();
  return true;
}

// Nothing when it failed after it had changed something, which cannot be undone alone here.
std::optional<Outcome> SqliteStore::run_bare(SqliteTx& tx, Connection& connection,
                                             const std::function<Result<void>(domain::Tx&)>& work) {
  const std::int64_t written = connection.total_changes();
  const Session& session = tx.session();
  const std::size_t told = session.changes.size() + session.events.size();
  Outcome outcome;
  try {
    outcome.result = work(tx);
  } catch (...) {
    return std::nullopt;
  }
  const bool changed = connection.total_changes() != written ||
                       session.changes.size() + session.events.size() != told;
  if (!outcome.result && changed) return std::nullopt;
  return outcome;
}

Outcome SqliteStore::run_in_savepoint(SqliteTx& tx, Connection& connection,
                                      const std::function<Result<void>(domain::Tx&)>& work) {
  Session& session = tx.session();
  const std::size_t changes = session.changes.size();
  const std::size_t events = session.events.size();
  Outcome outcome;
  connection.prepare(kSavepoint).run();
  try {
    outcome.result = work(tx);
  } catch (const StoreFault& fault) {
    if (!connection.in_transaction()) throw;
    outcome.result = to_error(fault);
  } catch (...) {
    outcome.fault = std::current_exception();
    outcome.result = Error(ErrorCode::Internal);
  }
  if (!outcome.result) {
    connection.prepare(kRollbackTo).run();
    session.changes.resize(changes);
    session.events.resize(events);
  }
  connection.prepare(kRelease).run();
  return outcome;
}

Outcome SqliteStore::run_alone(const std::function<Result<void>(domain::Tx&)>& work) {
  SqliteTx tx(writer_, recorders_);
  Outcome outcome;
  try {
    writer_.prepare(kBegin).run();
    outcome.result = work(tx);
    if (!outcome.result) {
      if (writer_.in_transaction()) writer_.prepare(kRollback).run();
      return outcome;
    }
    writer_.prepare(kCommit).run();
  } catch (const StoreFault& fault) {
    if (writer_.in_transaction()) writer_.execute(kRollback);
    return {to_error(fault), nullptr};
  } catch (...) {
    if (writer_.in_transaction()) writer_.execute(kRollback);
    return {Error(ErrorCode::Internal), std::current_exception()};
  }
  metrics_.commits.fetch_add(1, std::memory_order_relaxed);
  publish(tx);
  tell_followers(tx);
  checkpointer_.after_commit();
  return outcome;
}

void SqliteStore::publish(SqliteTx& tx) {
  directory_.apply(tx.session().changes);
}

void SqliteStore::tell_followers(SqliteTx& tx) {
  for (const domain::Event& event : tx.session().events) {
    for (domain::EventFollower* follower : followers_) follower->follow(event);
  }
}

void SqliteStore::read_loop(const std::string& path) {
  enter_thread("store-reader", ThreadRole::Background);
  Connection connection(path, Access::ReadOnly);
  connection.execute("PRAGMA query_only = ON; PRAGMA cache_size = -4000;");
  for (ReadJob job; reads_.pop(job);) {
    metrics_.reads.fetch_add(1, std::memory_order_relaxed);
    Outcome outcome;
    try {
      connection.prepare(kBeginRead).run();
      {
        const SqliteTx tx(connection, recorders_);
        outcome.result = job.work(tx);
      }
      connection.prepare(kCommit).run();
    } catch (const StoreFault& fault) {
      if (connection.in_transaction()) connection.execute(kRollback);
      outcome.result = to_error(fault);
    } catch (...) {
      if (connection.in_transaction()) connection.execute(kRollback);
      outcome.fault = std::current_exception();
    }
    post_alone(Completed(std::move(job.completion), std::move(outcome)));
  }
}

}  // namespace gantry::store::sqlite
