// What SQLite itself can do with a copy of Gantry's database, without anything around it:
//
//   store_bench inserts FILE SECONDS   durable messages a second, 64 a transaction
//   store_bench records FILE SECONDS   durable records of deliveries, 64 a transaction: only a row
//                                      of each, a row of its attempt, and its end
//   store_bench history FILE SECONDS   the latest 50 messages of the rooms in turn, by a prepared
//                                      query

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>
#include <sys/resource.h>

namespace {

constexpr int kGroup = 64;
constexpr int kLatest = 50;
constexpr char kExtra[] =
    R"({"text":"message 17 of the bench, about as long as what people write to each other in a chat, or somewhat longer","author_name":"User 17","author_username":"user-00017","updated_at":1795478748919,"groupable":false,"parse_urls":true})";

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(sqlite3* db) {
  std::fprintf(stderr, "store_bench: %s\n", sqlite3_errmsg(db));
  std::exit(1);
}

void execute(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(db);
}

sqlite3_stmt* prepare(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
      SQLITE_OK) {
    fail(db);
  }
  return statement;
}

void bind_text(sqlite3_stmt* statement, int at, std::string_view text) {
  sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

std::vector<std::string> column_of(sqlite3* db, const char* sql) {
  std::vector<std::string> out;
  sqlite3_stmt* row = prepare(db, sql);
  while (sqlite3_step(row) == SQLITE_ROW) {
    out.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(row, 0)));
  }
  sqlite3_finalize(row);
  return out;
}

double cpu_seconds() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
         static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

// Ids as Gantry makes them: they begin with the time.
long insert_groups(sqlite3* db, Clock::time_point until) {
  const std::vector<std::string> rooms = column_of(db, "SELECT id FROM rooms");
  const std::vector<std::string> users = column_of(db, "SELECT id FROM users");
  sqlite3_stmt* insert =
      prepare(db,
              "INSERT INTO messages (id, room, sent_at, author, type, thread, extra) "
              "VALUES (?, ?, ?, ?, '', '', ?)");
  std::mt19937_64 random(std::random_device{}());
  const long begun = std::time(nullptr) * 1000;
  long done = 0;
  while (Clock::now() < until) {
    execute(db, "BEGIN IMMEDIATE");
    for (int i = 0; i < kGroup; ++i, ++done) {
      char id[18];
      std::snprintf(id, sizeof id, "%08lx%09lx", (begun + done / kGroup) & 0xffffffff,
                    random() & 0xfffffffff);
      bind_text(insert, 1, id);
      bind_text(insert, 2, rooms[random() % rooms.size()]);
      sqlite3_bind_int64(insert, 3, 1'795'478'748'919 + done);
      bind_text(insert, 4, users[random() % users.size()]);
      bind_text(insert, 5, kExtra);
      if (sqlite3_step(insert) != SQLITE_DONE) fail(db);
      sqlite3_reset(insert);
    }
    execute(db, "COMMIT");
  }
  sqlite3_finalize(insert);
  return done;
}

// As long as what Gantry keeps of a delivery and of an attempt of the benchmark.
constexpr std::size_t kDeliveryBytes = 437;
constexpr std::size_t kAttemptBytes = 979;

long record_groups(sqlite3* db, Clock::time_point until) {
  execute(db,
          "CREATE TABLE bare_deliveries (id INTEGER PRIMARY KEY, state INTEGER, text TEXT);"
          "CREATE TABLE bare_attempts (id INTEGER PRIMARY KEY, text TEXT)");
  sqlite3_stmt* queue = prepare(db, "INSERT INTO bare_deliveries VALUES (?, 0, ?)");
  sqlite3_stmt* attempt = prepare(db, "INSERT INTO bare_attempts VALUES (?, ?)");
  sqlite3_stmt* end = prepare(db, "UPDATE bare_deliveries SET state = 2 WHERE id = ?");
  const std::string delivery_text(kDeliveryBytes, 'd');
  const std::string attempt_text(kAttemptBytes, 'a');
  const auto run = [db](sqlite3_stmt* statement, long id, std::string_view text) {
    sqlite3_bind_int64(statement, 1, id);
    if (!text.empty()) bind_text(statement, 2, text);
    if (sqlite3_step(statement) != SQLITE_DONE) fail(db);
    sqlite3_reset(statement);
  };
  long done = 0;
  for (; Clock::now() < until; done += kGroup) {
    execute(db, "BEGIN IMMEDIATE");
    for (long id = done; id < done + kGroup; ++id) run(queue, id, delivery_text);
    execute(db, "COMMIT; BEGIN IMMEDIATE");
    for (long id = done; id < done + kGroup; ++id) {
      run(attempt, id, attempt_text);
      run(end, id, {});
    }
    execute(db, "COMMIT");
  }
  for (sqlite3_stmt* statement : {queue, attempt, end}) sqlite3_finalize(statement);
  return done;
}

long read_histories(sqlite3* db, Clock::time_point until) {
  const std::vector<std::string> rooms =
      column_of(db, "SELECT id FROM rooms WHERE id IN (SELECT room FROM messages)");
  sqlite3_stmt* select = prepare(db,
                                 "SELECT id, sent_at, author, type, thread, extra FROM messages "
                                 "WHERE room = ? ORDER BY sent_at DESC, sequence DESC LIMIT ?");
  long done = 0;
  std::size_t bytes = 0;
  while (Clock::now() < until) {
    bind_text(select, 1, rooms[static_cast<std::size_t>(done) % rooms.size()]);
    sqlite3_bind_int(select, 2, kLatest);
    while (sqlite3_step(select) == SQLITE_ROW) {
      for (int column = 0; column < 6; ++column) {
        sqlite3_column_text(select, column);
        bytes += static_cast<std::size_t>(sqlite3_column_bytes(select, column));
      }
    }
    sqlite3_reset(select);
    ++done;
  }
  sqlite3_finalize(select);
  if (bytes == 0) std::exit(1);
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string_view mode = argv[1];
  sqlite3* db = nullptr;
  if (sqlite3_open_v2(argv[2], &db, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) fail(db);
  execute(db,
          "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
          "PRAGMA cache_size = -8000");
  const auto started = Clock::now();
  const double cpu = cpu_seconds();
  const auto until = started + std::chrono::duration_cast<Clock::duration>(
                                   std::chrono::duration<double>(std::atof(argv[3])));
  const long done = mode == "inserts"   ? insert_groups(db, until)
                    : mode == "records" ? record_groups(db, until)
                                        : read_histories(db, until);
  const std::chrono::duration<double> took = Clock::now() - started;
  std::printf("RESULT {\"per_second\":%.1f,\"cpu_us\":%.3f}\n",
              static_cast<double>(done) / took.count(),
              (cpu_seconds() - cpu) * 1e6 / static_cast<double>(done));
  sqlite3_close(db);
  return 0;
}
