#pragma once
// A SqliteStore on a file of its own, and short ways to write and read.

#include <filesystem>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "domain/directory.h"
#include "store/sqlite/sqlite_store.h"

namespace gantry::store::sqlite {

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string place = (std::filesystem::temp_directory_path() / "gantry-store-XXXXXX").string();
    ASSERT_NE(::mkdtemp(place.data()), nullptr);
    folder_ = place;
    open();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    store_.reset();
    directory_ = std::make_unique<domain::Directory>([](const domain::Integration& integration) {
      return json::object{{"_id", integration.id.text}, {"name", integration.name}};
    });
    auto opened = SqliteStore::open(options(), *directory_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }

  virtual StoreOptions options() const { return {.path = path()}; }
  std::string path() const { return folder_ + "/gantry.db"; }

  void write(const std::function<void(domain::Tx&)>& work) {
    const auto result = store_->write_now([&](domain::Tx& tx) -> Result<void> {
      work(tx);
      return Done{};
    });
    ASSERT_TRUE(result) << result.error().message;
  }
  void read(const std::function<void(const domain::Tx&)>& work) {
    const auto result = store_->read_now([&](const domain::Tx& tx) -> Result<void> {
      work(tx);
      return Done{};
    });
    ASSERT_TRUE(result);
  }

  static domain::User user(const std::string& id) {
    domain::User out;
    out.id = domain::UserId{id};
    out.username = "Name." + id;
    out.name = "Full " + id;
    out.emails = {{id + "@Example.org", true}};
    out.roles = {"user"};
    out.password_bcrypt = "hash";
    out.created_at = out.updated_at = from_epoch_ms(1'000);
    return out;
  }
  static domain::Room room(const std::string& id, domain::RoomType type = domain::RoomType::Group) {
    domain::Room out;
    out.id = domain::RoomId{id};
    out.type = type;
    out.name = type == domain::RoomType::Direct ? "" : "room-" + id;
    out.created_at = out.updated_at = from_epoch_ms(2'000);
    return out;
  }
  static domain::Message message(const std::string& id, const std::string& room_id,
                                 std::int64_t ms) {
    domain::Message out;
    out.id = domain::MessageId{id};
    out.room = domain::RoomId{room_id};
    out.author = {domain::UserId{"u1"}, "ada", "Ada"};
    out.text = "text of " + id;
    out.sent_at = out.updated_at = from_epoch_ms(ms);
    return out;
  }
  static domain::Integration integration(const std::string& id) {
    domain::Integration out;
    out.id = domain::IntegrationId{id};
    out.type = domain::IntegrationType::Outgoing;
    out.name = "hook " + id;
    out.enabled = true;
    out.username = "rocket.cat";
    out.user = domain::UserId{"rocket.cat"};
    out.channels = {"#ops"};
    out.urls = {"http://127.0.0.1:1/"};
    out.created_at = out.updated_at = from_epoch_ms(3'000);
    out.created_by = domain::UserRef{domain::UserId{"u1"}, "ada", ""};
    return out;
  }
  static domain::Delivery delivery(const std::string& id, const std::string& integration_id) {
    domain::Delivery out;
    out.id = domain::DeliveryId{id};
    out.integration = domain::IntegrationId{integration_id};
    out.url = "http://127.0.0.1:1/";
    out.data = JsonDocument({{"text", "guggy cats"}, {"bot", false}});
    out.trigger_word = "guggy";
    out.room = domain::RoomId{"r1"};
    out.created_at = out.next_at = from_epoch_ms(4'000);
    return out;
  }

  std::string folder_;
  std::unique_ptr<domain::Directory> directory_;
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace gantry::store::sqlite
