#include "store/sqlite/gathered_log.h"

#include <cstdlib>
#include <filesystem>
#include <memory>

#include <gtest/gtest.h>

#include "store/sqlite/connection.h"

namespace gantry::store::sqlite {
namespace {

constexpr char kCount[] = "SELECT count(*), coalesce(sum(n), 0) FROM t";
constexpr char kCheck[] = "PRAGMA integrity_check";
constexpr char kFill[] =
    "WITH RECURSIVE all_n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM all_n WHERE n < 5000) "
    "INSERT INTO t SELECT n, printf('%0500d', n) FROM all_n";

class GatheredLogTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string place = std::filesystem::temp_directory_path() / "gantry-log-XXXXXX";
    ASSERT_NE(::mkdtemp(place.data()), nullptr);
    folder_ = place;
    writer_ = open(Access::GatheredWrite);
    writer_->execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
        "CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    reader_ = open(Access::ReadOnly);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Connection> open(Access access) const {
    return std::make_unique<Connection>(folder_ / "data.db", access);
  }
  static std::pair<std::int64_t, std::int64_t> count_and_sum(Connection& connection) {
    Statement row = connection.prepare(kCount);
    row.step();
    return {row.integer(0), row.integer(1)};
  }
  static std::string check(Connection& connection) {
    Statement row = connection.prepare(kCheck);
    row.step();
    return row.text(0);
  }

  std::filesystem::path folder_;
  std::unique_ptr<Connection> writer_;
  std::unique_ptr<Connection> reader_;
};

TEST_F(GatheredLogTest, others_see_a_commit_when_it_has_ended) {
  for (int n = 1; n <= 300; ++n) {
    writer_->execute("INSERT INTO t VALUES (" + std::to_string(n) + ", 'text')");
    ASSERT_EQ(count_and_sum(*reader_).first, n);
  }
}

// With room for ten pages the transaction writes pages long before its end, reads them again and
// writes some a second time.
TEST_F(GatheredLogTest, a_transaction_reads_what_it_has_written) {
  writer_->execute("PRAGMA cache_size = 10; BEGIN");
  writer_->execute(kFill);
  writer_->execute("UPDATE t SET text = printf('%0600d', n) WHERE n % 7 = 0");
  EXPECT_EQ(count_and_sum(*writer_), std::pair(std::int64_t{5000}, std::int64_t{12502500}));
  EXPECT_EQ(count_and_sum(*reader_).first, 0);
  writer_->execute("COMMIT");
  EXPECT_EQ(count_and_sum(*reader_), std::pair(std::int64_t{5000}, std::int64_t{12502500}));
  EXPECT_EQ(check(*reader_), "ok");
}

TEST_F(GatheredLogTest, what_is_rolled_back_leaves_nothing) {
  writer_->execute("PRAGMA cache_size = 10; INSERT INTO t VALUES (1, 'kept'); BEGIN");
  writer_->execute("INSERT INTO t SELECT 9999, 'gone'");
  writer_->execute(std::string(kFill) + " WHERE n > 1");
  writer_->execute("ROLLBACK; INSERT INTO t VALUES (2, 'after')");
  EXPECT_EQ(count_and_sum(*reader_), std::pair(std::int64_t{2}, std::int64_t{3}));
  EXPECT_EQ(check(*reader_), "ok");
}

TEST_F(GatheredLogTest, a_log_that_was_copied_begins_again) {
  for (int round = 0; round < 3; ++round) {
    writer_->execute("DELETE FROM t");
    writer_->execute(kFill);
    writer_->copy_log();
    EXPECT_EQ(count_and_sum(*reader_).first, 5000);
  }
  writer_->empty_log();
  EXPECT_EQ(std::filesystem::file_size(folder_ / "data.db-wal"), 0u);
  writer_->execute("DELETE FROM t WHERE n > 10");
  writer_.reset();
  EXPECT_EQ(count_and_sum(*reader_).first, 10);
  EXPECT_EQ(check(*reader_), "ok");
}

}  // namespace
}  // namespace gantry::store::sqlite
