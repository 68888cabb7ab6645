#pragma once
// The store on SQLite: one writer thread with group commit, some reader threads, WAL with
// synchronous=FULL. Owns its threads; stop() finishes what waits and joins them.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/directory.h"
#include "domain/store.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/write_queue.h"

namespace gantry::store::sqlite {

class SqliteTx;

struct StoreOptions {
  std::string path;  // of the database file
  std::size_t readers = 2;
  WriteQueueLimits writes;
  std::size_t read_queue_max = 10'000;
  int checkpoint_pages = 4'000;  // written before they are copied from the log into the database
};

struct StoreMetrics {
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> writes{0};
  std::atomic<std::uint64_t> reads{0};
  std::atomic<std::uint64_t> failed_commits{0};
  std::atomic<std::uint64_t> write_queue{0};
};

class SqliteStore final : public domain::Store {
 public:
  // Opens and migrates the database and fills the directory. Recorders and followers are set
  // before start(). Errors name the path and the remedy.
  static Result<std::unique_ptr<SqliteStore>> open(StoreOptions options,
                                                   domain::Directory& directory);
  ~SqliteStore() override;

  void add_recorder(domain::EventRecorder& recorder) { recorders_.push_back(&recorder); }
  void add_follower(domain::EventFollower& follower) { followers_.push_back(&follower); }
  void start();
  void stop();

  Result<void> write_now(const std::function<Result<void>(domain::Tx&)>& work) override;
  Result<void> read_now(const std::function<Result<void>(const domain::Tx&)>& work) override;

  // Writes the database anew without what was deleted, and empties the log. Writes wait meanwhile,
  // reading goes on. Blocks; one call at a time, between start() and stop().
  // Errors: those of compact_database(), Busy.
  Result<void> compact(const std::atomic<bool>& stop);

  const StoreMetrics& metrics() const { return metrics_; }

 protected:
  Task<void> run_write(std::function<Result<void>(domain::Tx&)> work,
                       domain::Urgency urgency) override;
  Task<void> run_read(std::function<Result<void>(const domain::Tx&)> work) override;

 private:
  struct ReadJob {
    std::function<Result<void>(const domain::Tx&)> work;
    Completion completion;
  };

  // Shared by the readers' threads, which empty it.
  struct ReadQueue {
    std::mutex mutex;
    std::condition_variable filled;
    std::deque<ReadJob> jobs;
    bool stopping = false;

    bool push(ReadJob job, std::size_t max);
    bool pop(ReadJob& job);  // waits; false when stopping and empty
    void stop();
  };

  // Savepoints cost a copy of each page that they change, so functions run without them while all
  // goes well: most refusals come before anything is written.
  enum class Separation { None, Savepoints };

  SqliteStore(StoreOptions options, domain::Directory& directory);

  // Resumes the caller when the job that `push(completion)` queues is complete; with Busy when it
  // could not be queued.
  template <class Push>
  static Task<void> submit(Push push);
  void load_directory();
  void write_loop();
  void read_loop(const std::string& path);
  void run_group(std::vector<WriteJob>& group);
  void run_between();
  bool try_group(std::vector<WriteJob>& group, Separation separation);
  Outcome run_alone(const std::function<Result<void>(domain::Tx&)>& work);
  static Outcome run_in_savepoint(SqliteTx& tx, Connection& connection,
                                  const std::function<Result<void>(domain::Tx&)>& work);
  static std::optional<Outcome> run_bare(SqliteTx& tx, Connection& connection,
                                         const std::function<Result<void>(domain::Tx&)>& work);
  void publish(SqliteTx& tx);
  void tell_followers(SqliteTx& tx);

  const StoreOptions options_;
  domain::Directory& directory_;
  std::vector<domain::EventRecorder*> recorders_;
  std::vector<domain::EventFollower*> followers_;
  Connection writer_;
  Checkpointer checkpointer_;
  WriteQueue writes_;
  ReadQueue reads_;
  std::vector<std::thread> threads_;
  std::mutex between_mutex_;
  std::function<void()> between_;  // what the writer does before its next transaction, once
  StoreMetrics metrics_;
};

}  // namespace gantry::store::sqlite
