#pragma once
// Stores that hand each call on to another: what is derived from them changes one call and leaves
// the rest.

#include "domain/store.h"

namespace gantry::testing {

class DeliveriesBetween : public domain::DeliveryStore {
 public:
  explicit DeliveriesBetween(domain::DeliveryStore& inner) : inner_(inner) {}

  std::optional<domain::Delivery> find(const domain::DeliveryId& id) const override {
    return inner_.find(id);
  }
  void visit_range(const domain::DeliveryRange& range, const domain::Page& page,
                   const std::function<void(domain::Delivery)>& visit) const override {
    inner_.visit_range(range, page, visit);
  }
  domain::DeliveryCounts count_range(const domain::DeliveryRange& range) const override {
    return inner_.count_range(range);
  }
  void visit_open(std::int64_t after, std::size_t count,
                  const std::function<void(domain::Delivery)>& visit) const override {
    inner_.visit_open(after, count, visit);
  }
  std::int64_t count_open() const override { return inner_.count_open(); }
  std::optional<Time> find_oldest_open() const override { return inner_.find_oldest_open(); }
  void rewrite(const domain::Delivery& delivery) override { inner_.rewrite(delivery); }
  void insert(domain::Delivery& delivery) override { inner_.insert(delivery); }
  void update(const domain::Delivery& delivery) override { inner_.update(delivery); }
  domain::AttemptEnding end_attempt(const domain::Delivery& delivery) override {
    return inner_.end_attempt(delivery);
  }
  std::optional<domain::HistoryEntry> find_history(const domain::HistoryId& id) const override {
    return inner_.find_history(id);
  }
  domain::Listed<domain::HistoryEntry> list_history(const domain::HistoryRange& range,
                                                    const domain::Page& page) const override {
    return inner_.list_history(range, page);
  }
  void put_history(const domain::HistoryEntry& entry) override { inner_.put_history(entry); }
  void begin_history(const domain::HistoryEntry& entry) override { inner_.begin_history(entry); }
  void remove_history(const domain::IntegrationId& integration) override {
    inner_.remove_history(integration);
  }
  std::int64_t prune_history(Time before, std::int64_t count) override {
    return inner_.prune_history(before, count);
  }
  domain::DeliveryPruning prune_deliveries(Time before, std::int64_t after,
                                           std::int64_t count) override {
    return inner_.prune_deliveries(before, after, count);
  }
  std::optional<json::object> find_script_state(const domain::IntegrationId& id,
                                                std::string_view revision) const override {
    return inner_.find_script_state(id, revision);
  }
  void put_script_state(const domain::IntegrationId& id, std::string_view revision,
                        const json::object& state) override {
    inner_.put_script_state(id, revision, state);
  }

 protected:
  domain::DeliveryStore& inner_;
};

class CallsBetween : public domain::IncomingCallStore {
 public:
  explicit CallsBetween(domain::IncomingCallStore& inner) : inner_(inner) {}

  std::optional<domain::IncomingCall> find(const domain::IncomingCallId& id) const override {
    return inner_.find(id);
  }
  std::optional<domain::IncomingCall> find_by_key(const domain::IntegrationId& integration,
                                                  std::string_view key, Time since) const override {
    return inner_.find_by_key(integration, key, since);
  }
  domain::Listed<domain::IncomingCall> list(const domain::IncomingCallRange& range,
                                            const domain::Page& page) const override {
    return inner_.list(range, page);
  }
  bool insert(const domain::IncomingCall& call, Time keys_since) override {
    return inner_.insert(call, keys_since);
  }
  std::int64_t prune(Time before, std::int64_t count) override {
    return inner_.prune(before, count);
  }

 protected:
  domain::IncomingCallStore& inner_;
};

class TxBetween : public domain::Tx {
 public:
  explicit TxBetween(domain::Tx& inner) : inner_(inner) {}

  domain::UserStore& users() override { return inner_.users(); }
  domain::RoomStore& rooms() override { return inner_.rooms(); }
  domain::SubscriptionStore& subscriptions() override { return inner_.subscriptions(); }
  domain::MessageStore& messages() override { return inner_.messages(); }
  domain::UploadStore& uploads() override { return inner_.uploads(); }
  domain::RightsStore& rights() override { return inner_.rights(); }
  domain::SettingStore& settings() override { return inner_.settings(); }
  domain::IntegrationStore& integrations() override { return inner_.integrations(); }
  domain::DeliveryStore& deliveries() override { return inner_.deliveries(); }
  domain::IncomingCallStore& incoming_calls() override { return inner_.incoming_calls(); }
  domain::RecordStore& records() override { return inner_.records(); }
  domain::ScriptVersionStore& script_versions() override { return inner_.script_versions(); }

  const domain::UserStore& users() const override { return read().users(); }
  const domain::RoomStore& rooms() const override { return read().rooms(); }
  const domain::SubscriptionStore& subscriptions() const override { return read().subscriptions(); }
  const domain::MessageStore& messages() const override { return read().messages(); }
  const domain::UploadStore& uploads() const override { return read().uploads(); }
  const domain::RightsStore& rights() const override { return read().rights(); }
  const domain::SettingStore& settings() const override { return read().settings(); }
  const domain::IntegrationStore& integrations() const override { return read().integrations(); }
  const domain::DeliveryStore& deliveries() const override { return read().deliveries(); }
  const domain::IncomingCallStore& incoming_calls() const override {
    return read().incoming_calls();
  }
  const domain::RecordStore& records() const override { return read().records(); }
  const domain::ScriptVersionStore& script_versions() const override {
    return read().script_versions();
  }

  Result<void> record(domain::Event event) override { return inner_.record(std::move(event)); }

 protected:
  domain::Tx& inner_;

 private:
  const domain::Tx& read() const { return inner_; }
};

}  // namespace gantry::testing
