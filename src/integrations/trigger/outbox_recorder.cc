#include "integrations/trigger/outbox_recorder.h"

#include "integrations/trigger/selection.h"

namespace gantry::integrations {
namespace {

using domain::HookEvent;
using wire::HookFacts;

// The hook events that a domain event raises, in order.
std::vector<HookFacts> facts_of(const domain::Directory& directory, const domain::Event& event,
                                Time now) {
  struct Visitor {
    const domain::Directory& directory;
    HookFacts base;

    std::vector<HookFacts> operator()(const domain::MessageSent& e) const {
      if (!e.message->type.empty()) return {};
      HookFacts facts = base;
      facts.room = e.room;
      facts.message = e.message;
      facts.edited = e.edited;
      facts.user = directory.find_user(e.message->author.id);
      std::vector<HookFacts> out{facts};
      if (!e.edited && !e.message->file.is_null()) {
        facts.event = HookEvent::FileUploaded;
        out.push_back(facts);
      }
      return out;
    }
    std::vector<HookFacts> operator()(const domain::RoomCreated& e) const {
      return one(HookEvent::RoomCreated, e.room, e.owner);
    }
    std::vector<HookFacts> operator()(const domain::RoomArchived& e) const {
      return one(HookEvent::RoomArchived, e.room, e.user);
    }
    std::vector<HookFacts> operator()(const domain::RoomJoined& e) const {
      return one(HookEvent::RoomJoined, e.room, e.user);
    }
    std::vector<HookFacts> operator()(const domain::RoomLeft& e) const {
      return one(HookEvent::RoomLeft, e.room, e.user);
    }
    std::vector<HookFacts> operator()(const domain::UserCreated& e) const {
      return one(HookEvent::UserCreated, nullptr, e.user);
    }
    std::vector<HookFacts> operator()(const domain::MessageDeleted&) const { return {}; }
    std::vector<HookFacts> operator()(const domain::DeliveryQueued&) const { return {}; }
    std::vector<HookFacts> operator()(const domain::DeliveriesCancelled&) const { return {}; }

    std::vector<HookFacts> one(HookEvent kind, std::shared_ptr<const domain::Room> room,
                               std::shared_ptr<const domain::User> user) const {
      HookFacts facts = base;
      facts.event = kind;
      facts.room = std::move(room);
      facts.user = std::move(user);
      return {facts};
    }
  };
  HookFacts base;
  base.happened_at = now;
  base.site_url = directory.settings()->get_text(domain::Setting::SiteUrl);
  return std::visit(Visitor{directory, std::move(base)}, event);
}

domain::Delivery make_delivery(const domain::Directory& directory, const HookFacts& facts,
                               const HookMatch& match, const std::string& url, Time now) {
  const domain::Integration& integration = match.entry->integration;
  domain::Delivery delivery;
  delivery.id = new_ordered_id<domain::DeliveryId>(facts.message ? facts.message->sent_at : now);
  delivery.integration = integration.id;
  delivery.event = facts.event;
  delivery.url = url;
  delivery.data =
      JsonDocument(wire::to_hook_payload(facts, directory, integration.token, match.trigger_word));
  delivery.trigger_word = match.trigger_word;
  if (facts.room) delivery.room = facts.room->id;
  if (facts.message) {
    delivery.message = facts.message->id;
    delivery.user = facts.message->author.id;
    delivery.hook_depth = facts.message->hook_depth;
  } else if (facts.user) {
    delivery.user = facts.user->id;
  }
  delivery.created_at = delivery.next_at = now;
  return delivery;
}

}  // namespace

Result<void> OutboxRecorder::record(domain::Tx& tx, const domain::Event& event) {
  if (std::holds_alternative<domain::DeliveryQueued>(event)) return Done{};
  const Time now = clock_.now();
  for (const HookFacts& facts : facts_of(directory_, event, now)) {
    for (const HookMatch& match : select_hooks(directory_, facts)) {
      for (const std::string& url : match.entry->integration.urls) {
        domain::Delivery delivery = make_delivery(directory_, facts, match, url, now);
        tx.deliveries().insert(delivery);
        TRY_DO(tx.record(
            domain::DeliveryQueued{std::make_shared<const domain::Delivery>(std::move(delivery))}));
      }
    }
  }
  return Done{};
}

}  // namespace gantry::integrations
