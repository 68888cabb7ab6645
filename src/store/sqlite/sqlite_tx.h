#pragma once
// One transaction on one connection: the contract stores, and what the write must tell the
// directory and the followers once it is committed.

#include <memory>
#include <vector>

#include "domain/change.h"
#include "domain/store.h"
#include "store/sqlite/connection.h"

namespace gantry::store::sqlite {

// What a store that writes needs: the connection, and where it says what changed.
struct Session {
  Connection& connection;
  std::vector<domain::Change> changes;
  std::vector<domain::Event> events;
};

class SqliteTx final : public domain::Tx {
 public:
  SqliteTx(Connection& connection, const std::vector<domain::EventRecorder*>& recorders);
  ~SqliteTx() override;

  domain::UserStore& users() override { return *users_; }
  domain::RoomStore& rooms() override { return *rooms_; }
  domain::SubscriptionStore& subscriptions() override { return *subscriptions_; }
  domain::MessageStore& messages() override { return *messages_; }
  domain::UploadStore& uploads() override { return *uploads_; }
  domain::RightsStore& rights() override { return *rights_; }
  domain::SettingStore& settings() override { return *settings_; }
  domain::IntegrationStore& integrations() override { return *integrations_; }
  domain::DeliveryStore& deliveries() override { return *deliveries_; }
  domain::IncomingCallStore& incoming_calls() override { return *incoming_calls_; }
  domain::RecordStore& records() override { return *records_; }
  domain::ScriptVersionStore& script_versions() override { return *script_versions_; }

  const domain::UserStore& users() const override { return *users_; }
  const domain::RoomStore& rooms() const override { return *rooms_; }
  const domain::SubscriptionStore& subscriptions() const override { return *subscriptions_; }
  const domain::MessageStore& messages() const override { return *messages_; }
  const domain::UploadStore& uploads() const override { return *uploads_; }
  const domain::RightsStore& rights() const override { return *rights_; }
  const domain::SettingStore& settings() const override { return *settings_; }
  const domain::IntegrationStore& integrations() const override { return *integrations_; }
  const domain::DeliveryStore& deliveries() const override { return *deliveries_; }
  const domain::IncomingCallStore& incoming_calls() const override { return *incoming_calls_; }
  const domain::RecordStore& records() const override { return *records_; }
  const domain::ScriptVersionStore& script_versions() const override { return *script_versions_; }

  Result<void> record(domain::Event event) override;

  Session& session() { return session_; }

 private:
  Session session_;
  const std::vector<domain::EventRecorder*>& recorders_;
  std::unique_ptr<domain::UserStore> users_;
  std::unique_ptr<domain::RoomStore> rooms_;
  std::unique_ptr<domain::SubscriptionStore> subscriptions_;
  std::unique_ptr<domain::MessageStore> messages_;
  std::unique_ptr<domain::UploadStore> uploads_;
  std::unique_ptr<domain::RightsStore> rights_;
  std::unique_ptr<domain::SettingStore> settings_;
  std::unique_ptr<domain::IntegrationStore> integrations_;
  std::unique_ptr<domain::DeliveryStore> deliveries_;
  std::unique_ptr<domain::IncomingCallStore> incoming_calls_;
  std::unique_ptr<domain::RecordStore> records_;
  std::unique_ptr<domain::ScriptVersionStore> script_versions_;
};

std::unique_ptr<domain::UserStore> make_user_store(Session& session);
std::unique_ptr<domain::RoomStore> make_room_store(Session& session);
std::unique_ptr<domain::SubscriptionStore> make_subscription_store(Session& session);
std::unique_ptr<domain::MessageStore> make_message_store(Session& session);
std::unique_ptr<domain::UploadStore> make_upload_store(Session& session);
std::unique_ptr<domain::RightsStore> make_rights_store(Session& session);
std::unique_ptr<domain::SettingStore> make_setting_store(Session& session);
std::unique_ptr<domain::IntegrationStore> make_integration_store(Session& session);
std::unique_ptr<domain::DeliveryStore> make_delivery_store(Session& session);
std::unique_ptr<domain::IncomingCallStore> make_incoming_call_store(Session& session);
std::unique_ptr<domain::RecordStore> make_record_store(Session& session);
std::unique_ptr<domain::ScriptVersionStore> make_script_version_store(Session& session);

}  // namespace gantry::store::sqlite
