#include "store/sqlite/database_check.h"

#include <fmt/format.h>

#include "domain/delivery_records.h"
#include "domain/error_codes.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/store_error.h"

namespace gantry::store::sqlite {
namespace {

constexpr char kBegin[] = "BEGIN";
constexpr char kVersion[] = "PRAGMA user_version";
constexpr char kIntegrity[] = "PRAGMA integrity_check(20)";
constexpr char kForeignKeys[] = "PRAGMA foreign_key_check";
constexpr char kCountMessages[] = "SELECT count(*) FROM messages";
constexpr char kCountDeliveries[] = "SELECT count(*) FROM deliveries";
constexpr char kUploads[] =
    "SELECT id, ifnull(json_extract(extra, '$.size_bytes'), 0) FROM uploads ORDER BY id";
constexpr char kOddDeliveries[] =
    "SELECT id, state, tries FROM deliveries WHERE state NOT BETWEEN 0 AND 4 OR tries < 0 "
    "OR (state = 0 AND tries > 0) OR (state = 1 AND tries = 0)";
// Attempts that say something else than their deliveries might. History is pruned and cleared apart
// from deliveries, so an attempt that is missing says nothing.
constexpr char kOddAttempts[] =
    "SELECT h.id, h.finished, d.id, d.state, d.tries FROM history h "
    "JOIN deliveries d ON d.id = h.delivery "
    "WHERE (h.finished = 1 AND d.state < 2) OR (h.finished = 0 AND d.state IN (2, 3))";

// Keeps the first findings of one kind and counts the others.
class Findings {
 public:
  Findings(std::vector<Finding>& out, std::string kind) : out_(out), kind_(std::move(kind)) {}
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;
  ~Findings() {
    if (count_ > kFindingsShownMax) {
      out_.push_back({kind_, fmt::format("and {} more like this", count_ - kFindingsShownMax)});
    }
  }

  void add(std::string text) {
    if (++count_ <= kFindingsShownMax) out_.push_back({kind_, std::move(text)});
  }

 private:
  std::vector<Finding>& out_;
  const std::string kind_;
  std::size_t count_ = 0;
};

std::int64_t number(Connection& connection, const char* sql) {
  Statement row = connection.prepare(sql);
  row.step();
  return row.integer(0);
}

std::vector<StoredUpload> read_uploads(Connection& connection) {
  std::vector<StoredUpload> out;
  Statement row = connection.prepare(kUploads);
  while (row.step()) out.push_back({row.id<domain::UploadId>(0), row.integer(1)});
  return out;
}

void check_engine(Connection& connection, const std::string& path, DatabaseCheck& out) {
  Findings damage(out.findings, "integrity");
  Statement row = connection.prepare(kIntegrity);
  while (row.step()) {
    if (row.view(0) != "ok") damage.add(path + ": " + row.text(0) + "; restore a backup");
  }
}

void check_references(Connection& connection, const std::string& path, DatabaseCheck& out) {
  Findings broken(out.findings, "reference");
  Statement row = connection.prepare(kForeignKeys);
  while (row.step()) {
    broken.add(fmt::format("{}: a row of {} names one of {} that is not there; restore a backup",
                           path, row.view(0), row.view(2)));
  }
}

// The words of domain::DeliveryState, for who reads the rows.
std::string_view word_of(std::int64_t state) {
  constexpr std::string_view kWords[] = {"queued", "retrying", "succeeded", "failed", "dropped"};
  return state >= 0 && state < std::ssize(kWords) ? kWords[state] : "unknown";
}

void check_outbox(Connection& connection, const std::string& path, DatabaseCheck& out) {
  Findings odd(out.findings, "outbox");
  Statement delivery = connection.prepare(kOddDeliveries);
  while (delivery.step()) {
    odd.add(
        fmt::format("{}: delivery {} is {} ({}) after {} retries, which cannot be; deliver it "
                    "again or restore a backup",
                    path, delivery.view(0), word_of(delivery.integer(1)), delivery.integer(1),
                    delivery.integer(2)));
  }
  Statement attempt = connection.prepare(kOddAttempts);
  while (attempt.step()) {
    const auto id = attempt.id<domain::DeliveryId>(2);
    // Attempts before a retry stay unfinished; only the last one ends with its delivery.
    const bool finished = attempt.boolean(1);
    if (!finished &&
        domain::history_id_of(id, static_cast<int>(attempt.integer(4))).text != attempt.view(0)) {
      continue;
    }
    odd.add(
        fmt::format("{}: delivery {} is {}, but its record {} {}; deliver it again or restore "
                    "a backup",
                    path, id.text, word_of(attempt.integer(3)), attempt.view(0),
                    finished ? "has ended" : "has not ended"));
  }
}

}  // namespace

Result<DatabaseCheck> check_database(const std::string& path, CheckDepth depth) {
  DatabaseCheck out;
  try {
    Connection connection(path, Access::ReadOnly);
    connection.keep_log_on_close();
    connection.prepare(kBegin).run();
    out.version = static_cast<int>(number(connection, kVersion));
    if (out.version > newest_version()) {
      return Error(ErrorCode::Failure,
                   fmt::format("{} is of version {}, this program knows up to {}: use a newer "
                               "gantry",
                               path, out.version, newest_version()));
    }
    check_engine(connection, path, out);
    if (!out.findings.empty()) return out;
    if (depth == CheckDepth::Everything) {
      check_references(connection, path, out);
      check_outbox(connection, path, out);
    }
    out.messages = number(connection, kCountMessages);
    out.deliveries = number(connection, kCountDeliveries);
    out.uploads = read_uploads(connection);
  } catch (const StoreFault& fault) {
    const Error error = to_error(fault, path);
    if (!is_damage(fault)) return error;
    out.findings.push_back({"integrity", error.message});
  }
  return out;
}

Result<std::vector<StoredUpload>> list_stored_uploads(const std::string& path) {
  try {
    Connection connection(path, Access::ReadOnly);
    connection.keep_log_on_close();
    return read_uploads(connection);
  } catch (const StoreFault& fault) {
    return to_error(fault, path);
  }
}

}  // namespace gantry::store::sqlite
