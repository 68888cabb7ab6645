#pragma once
// Copies the write-ahead log into the database file beside the writer, on a thread and connection
// of its own, so that no commit waits for the copying. SQLite starts the log again from its
// beginning only when all of it was copied at a moment when nothing is appended: when the log has
// grown long under steady writing, passes follow each other until little is left, and the writer
// copies that rest between two commits.
// Belongs to the writer's thread, but for the thread that it owns.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "store/sqlite/connection.h"

namespace gantry::store::sqlite {

class Checkpointer {
 public:
  // Takes over from SQLite's own checkpoints of `writer`, which outlives it.
  // A pass copies about `pass_pages` pages of 4 KB; one that was written often is copied once a
  // pass.
  Checkpointer(Connection& writer, std::string path, int pass_pages)
      : writer_(writer), path_(std::move(path)), pass_pages_(pass_pages) {}
  ~Checkpointer() { stop(); }
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  void start();
  void stop();
  // Between two transactions of the writer.
  void after_commit();

 private:
  enum class Pass { None, Running, Ended };

  void loop(Connection& connection);
  void ask();
  void finish_log();

  Connection& writer_;
  const std::string path_;
  const int pass_pages_;
  int log_frames_ = 0;     // of the log after the last commit
  int copied_frames_ = 0;  // of these, as the last pass left it
  int passes_ = 0;         // one after another, since the log was found long
  std::atomic<Pass> pass_{Pass::None};
  std::atomic<int> pass_copied_{0};

  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gantry::store::sqlite
