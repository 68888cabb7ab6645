// Replaying entries of history that no server writes: without data, or of an incoming integration.

#include <filesystem>
#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "domain/error_codes.h"
#include "domain/integration_service.h"
#include "store/sqlite/sqlite_store.h"

namespace gantry::domain {
namespace {

class NoCompiler final : public ScriptCompiler {
 public:
  asio::awaitable<CompiledScript> compile(std::string, Transpile) override {
    co_return CompiledScript{};
  }
};

class NoEvents final : public EventRecorder {
 public:
  Result<void> record(Tx&, const Event& event) override {
    if (std::holds_alternative<DeliveryQueued>(event)) ++queued;
    return Done{};
  }
  int queued = 0;
};

class Replay : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "gantry-replay-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store::sqlite::StoreOptions options;
    options.path = folder_ + "/gantry.db";
    store_ = std::move(*store::sqlite::SqliteStore::open(std::move(options), directory_));
    store_->add_recorder(events_);
    User admin;
    admin.id = UserId{"admin"};
    admin.username = "admin";
    admin.roles = {std::string(kAdminRole)};
    const auto done = store_->write_now([&](Tx& tx) -> Result<void> {
      for (const Grant& grant : default_grants(now_)) tx.rights().put_grant(grant);
      tx.users().insert(admin);
      add_integration(tx, "hook", IntegrationType::Incoming);
      add_integration(tx, "bell", IntegrationType::Outgoing);
      add_entry(tx, "hook", {{"text", "x"}});
      add_entry(tx, "bell", {});
      return Done{};
    });
    ASSERT_TRUE(done) << text_of(done.error());
    store_->start();
  }
  void TearDown() override {
    store_->stop();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void add_integration(Tx& tx, std::string_view id, IntegrationType type) const {
    Integration out;
    out.id = IntegrationId{id};
    out.type = type;
    out.created_at = out.updated_at = now_;
    tx.integrations().insert(out);
  }
  // The entry is named like its integration.
  void add_entry(Tx& tx, std::string_view id, json::object data) const {
    HistoryEntry out;
    out.id = HistoryId{id};
    out.delivery = DeliveryId{id};
    out.integration = IntegrationId{id};
    out.step = "after-http-call";
    out.data = JsonDocument(std::move(data));
    out.target_url = "https://ops.example/hook";
    out.url = out.target_url;
    out.created_at = out.updated_at = now_;
    tx.deliveries().put_history(out);
  }

  std::string refusal(const char* integration, const char* entry) {
    const IntegrationSaving saving(directory_, clock_, compiler_, {});
    IntegrationService service({*store_, directory_, clock_, compute_}, saving);
    const Caller caller{directory_.find_user(UserId{"admin"}), "", ""};
    io_.restart();
    auto outcome =
        asio::co_spawn(io_, service.replay(caller, IntegrationId{integration}, HistoryId{entry}),
                       asio::use_future);
    io_.run();
    const Result<void> result = outcome.get();
    return result ? std::string() : std::string(info_of(result.error().code).code);
  }

  const SystemClock clock_{};
  const Time now_ = clock_.now();
  std::string folder_;
  asio::io_context io_;  // outlives the store, whose threads post to it
  Directory directory_{[](const Integration&) { return json::object{}; }};
  std::unique_ptr<store::sqlite::SqliteStore> store_;
  NoEvents events_;
  NoCompiler compiler_;
  ComputePool compute_{1, 1};
};

TEST_F(Replay, refuses_an_entry_of_an_incoming_integration) {
  RecordProperty("covers", "integrations 4.6/replay-4");
  EXPECT_EQ(refusal("hook", "hook"), "integration-type-must-be-outgoing");
}

TEST_F(Replay, refuses_an_entry_without_data) {
  RecordProperty("covers", "integrations 4.6/replay-5");
  EXPECT_EQ(refusal("bell", "bell"), "history-data-must-be-defined");
}

TEST_F(Replay, knows_an_entry_only_with_its_own_integration) {
  EXPECT_EQ(refusal("hook", "bell"), "error-invalid-integration-history");
  EXPECT_EQ(refusal("bell", "hook"), "error-invalid-integration-history");
  EXPECT_EQ(events_.queued, 0);
}

}  // namespace
}  // namespace gantry::domain
