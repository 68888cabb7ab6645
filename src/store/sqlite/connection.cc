#include "store/sqlite/connection.h"

#include "store/sqlite/gathered_log.h"

namespace gantry::store::sqlite {
namespace {

constexpr int kBusyMilliseconds = 10'000;
constexpr int kStepsBetweenLooks = 10'000;

[[noreturn]] void fail(sqlite3* db, int code) {
  throw StoreFault(
      code, std::string("sqlite: ") + (db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code)));
}

// SQLite counts its memory under a lock at each allocation, and nobody asks for the sums. Too late
// once the library is in use, and then it only costs what it costs.
void stop_counting_memory() {
  static const int kRefused = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(kRefused);
}

}  // namespace

Statement::~Statement() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) fail(db_, sqlite3_extended_errcode(db_));
}

void Statement::bind_text(std::string_view value, sqlite3_destructor_type lifetime) {
  check(sqlite3_bind_text(statement_, next_parameter_++,
                          value.data() != nullptr ? value.data() : "",
                          static_cast<int>(value.size()), lifetime));
}

void Statement::bind_next(std::int64_t value) {
  check(sqlite3_bind_int64(statement_, next_parameter_++, value));
}

void Statement::bind_next(const std::optional<Time>& value) {
  if (value) {
    bind_next(*value);
  } else {
    check(sqlite3_bind_null(statement_, next_parameter_++));
  }
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(db_, sqlite3_extended_errcode(db_));
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

std::string_view Statement::view(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Statement::text(int column) const {
  return std::string(view(column));
}

std::optional<Time> Statement::optional_time(int column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

Connection::Connection(const std::string& path, Access access) {
  stop_counting_memory();
  const int flags = access == Access::ReadOnly ? SQLITE_OPEN_READONLY
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const char* const file_system =
      access == Access::GatheredWrite ? gathered_log_file_system() : nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db_, flags | SQLITE_OPEN_NOMUTEX, file_system);
  if (code != SQLITE_OK) {
    const std::string text = path + ": " + (db_ != nullptr ? sqlite3_errmsg(db_) : "no memory");
    sqlite3_close_v2(db_);
    throw StoreFault(code, text);
  }
  // SQLite opens what it may not write for reading only, and would fail at the first write.
  if (access != Access::ReadOnly && sqlite3_db_readonly(db_, "main") == 1) {
    sqlite3_close_v2(db_);
    throw StoreFault(SQLITE_READONLY, "the file may not be written");
  }
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, kBusyMilliseconds);
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(db_);
}

Statement Connection::prepare(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr) {
    const int code =
        sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
      statements_.erase(sql);
      fail(db_, code);
    }
  }
  return Statement(db_, statement);
}

void Connection::execute(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(db_, sqlite3_extended_errcode(db_));
  }
}

void Connection::watch_log(int* frames) {
  const auto note = [](void* out, sqlite3*, const char*, int count) {
    *static_cast<int*>(out) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(db_, note, frames);
}

int Connection::copy_log() {
  int copied = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(db_, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, &copied);
  if (code != SQLITE_OK) fail(db_, sqlite3_extended_errcode(db_));
  return copied;
}

void Connection::empty_log() {
  const int code =
      sqlite3_wal_checkpoint_v2(db_, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK) fail(db_, sqlite3_extended_errcode(db_));
}

void Connection::keep_log_on_close() {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Connection::stop_when(const std::atomic<bool>& stop) {
  const auto asked = [](void* flag) {
    return static_cast<const std::atomic<bool>*>(flag)->load(std::memory_order_relaxed) ? 1 : 0;
  };
  sqlite3_progress_handler(db_, kStepsBetweenLooks, asked, const_cast<std::atomic<bool>*>(&stop));
}

}  // namespace gantry::store::sqlite
