#pragma once
// A thin owner of one SQLite connection and its prepared statements. A connection belongs to one
// thread. Every failure of SQLite is a StoreFault.

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sqlite3.h>

#include "base/ids.h"
#include "base/time.h"

namespace gantry::store::sqlite {

class StoreFault : public std::runtime_error {
 public:
  StoreFault(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
  int code() const { return code_; }
  bool disk_full() const { return (code_ & 0xff) == SQLITE_FULL; }

 private:
  int code_;
};

// A prepared statement, reset when the use ends. Parameters are bound in order. Texts given as
// lvalues or views are not copied: they stay as they are until the last step.
class Statement {
 public:
  Statement(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  template <class... Args>
  Statement& bind(Args&&... args) {
    (bind_next(std::forward<Args>(args)), ...);
    return *this;
  }

  bool step();  // true while there is a row
  void run();   // for statements without rows

  std::string text(int column) const;
  std::string_view view(int column) const;  // until the next step
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  bool boolean(int column) const { return integer(column) != 0; }
  double real(int column) const { return sqlite3_column_double(statement_, column); }
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  Time time(int column) const { return from_epoch_ms(integer(column)); }
  std::optional<Time> optional_time(int column) const;
  template <class IdType>
  IdType id(int column) const {
    return IdType{text(column)};
  }

 private:
  void bind_text(std::string_view value, sqlite3_destructor_type lifetime);
  void bind_next(std::string_view value) { bind_text(value, SQLITE_STATIC); }
  void bind_next(const std::string& value) { bind_text(value, SQLITE_STATIC); }
  void bind_next(std::string&& value) { bind_text(value, SQLITE_TRANSIENT); }
  void bind_next(const char* value) { bind_text(value, SQLITE_STATIC); }
  void bind_next(std::int64_t value);
  void bind_next(int value) { bind_next(std::int64_t{value}); }
  void bind_next(bool value) { bind_next(std::int64_t{value ? 1 : 0}); }
  void bind_next(Time value) { bind_next(to_epoch_ms(value)); }
  void bind_next(const std::optional<Time>& value);
  template <class Tag>
  void bind_next(const Id<Tag>& value) {
    bind_text(value.text, SQLITE_STATIC);
  }
  template <class Tag>
  void bind_next(Id<Tag>&& value) {
    bind_text(value.text, SQLITE_TRANSIENT);
  }
  void check(int code) const;

  sqlite3* db_;
  sqlite3_stmt* statement_;
  int next_parameter_ = 1;
};

// GatheredWrite: as ReadWrite, through gathered_log.h.
enum class Access { ReadOnly, ReadWrite, GatheredWrite };

class Connection {
 public:
  Connection(const std::string& path, Access access);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // `sql` must be a constant: statements are cached by its address.
  Statement prepare(const char* sql);
  // Several statements at once, not cached.
  void execute(const std::string& sql);
  // False once SQLite itself has ended the transaction, as a full disk does.
  bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
  // Gives up cached pages, for what reads much once.
  void release_memory() { sqlite3_db_release_memory(db_); }
  std::int64_t last_insert_rowid() const { return sqlite3_last_insert_rowid(db_); }
  int changes() const { return sqlite3_changes(db_); }
  // Rows changed since the connection was opened: tells whether something was written meanwhile.
  std::int64_t total_changes() const { return sqlite3_total_changes64(db_); }

  // Writes the pages that the log holds after each commit into `*frames`, and ends the checkpoints
  // that SQLite makes within commits.
  void watch_log(int* frames);
  // Copies what it can of the log into the database without waiting for anybody; gives how many
  // pages of the log are copied by now.
  int copy_log();
  // Copies all of the log into the database and cuts it to nothing; waits for readers a while.
  void empty_log();
  // Leaves the log to the next connection instead of copying it when this one is the last.
  void keep_log_on_close();
  // Long statements end with SQLITE_INTERRUPT soon after `stop` is set, which outlives the
  // connection.
  void stop_when(const std::atomic<bool>& stop);

 private:
  sqlite3* db_ = nullptr;
  std::unordered_map<const void*, sqlite3_stmt*> statements_;
};

}  // namespace gantry::store::sqlite
