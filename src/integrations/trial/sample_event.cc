#include "integrations/trial/sample_event.h"

#include "domain/room_access.h"
#include "wire/hook_payload.h"

namespace gantry::integrations {
namespace {

constexpr std::string_view kSampleText = "Sample text";

std::shared_ptr<const domain::Room> room_for(const domain::Directory& directory,
                                             const domain::Caller& caller,
                                             const domain::Integration& integration) {
  for (const std::string& channel : integration.channels) {
    if (!channel.starts_with('#')) continue;
    const std::string_view name = std::string_view(channel).substr(1);
    auto room = directory.find_room_by_name(name);
    if (!room) room = directory.find_room(domain::RoomId{name});
    if (room && domain::can_access(directory, *caller.user, *room)) return room;
  }
  if (auto general = directory.find_room_by_name("general")) return general;
  domain::Room made;
  made.id = domain::RoomId{"sample"};
  made.name = "sample";
  return std::make_shared<const domain::Room>(std::move(made));
}

}  // namespace

domain::Delivery sample_delivery(const domain::Directory& directory, const domain::Caller& caller,
                                 const domain::Integration& integration, Time now) {
  wire::HookFacts facts;
  facts.event = integration.event;
  facts.happened_at = now;
  facts.site_url = directory.settings()->get_text(domain::Setting::SiteUrl);
  facts.user = caller.user;
  facts.room = room_for(directory, caller, integration);
  std::string word;
  if (integration.trigger_words && !integration.trigger_words->empty()) {
    word = integration.trigger_words->front();
  }
  domain::Message message;
  message.id = domain::MessageId{"sample"};
  message.room = facts.room->id;
  message.sent_at = message.updated_at = now;
  message.author = {caller.id(), caller.user->username, caller.user->name};
  message.text = word.empty() ? std::string(kSampleText) : word + " " + std::string(kSampleText);
  facts.message = std::make_shared<const domain::Message>(std::move(message));

  domain::Delivery out;
  out.id = domain::DeliveryId{"sample"};
  out.integration = integration.id;
  out.event = integration.event;
  if (!integration.urls.empty()) out.url = integration.urls.front();
  out.data = JsonDocument(wire::to_hook_payload(facts, directory, integration.token, word));
  out.trigger_word = word;
  out.room = facts.room->id;
  out.user = caller.id();
  out.created_at = now;
  return out;
}

std::string hook_path_of(const domain::Integration& integration) {
  return "/hooks/" + integration.id.text + "/" + integration.token.value_or("");
}

HookCall sample_call(const domain::Integration& integration) {
  HookCall out;
  out.integration = integration.id;
  out.token = integration.token.value_or("");
  out.path = hook_path_of(integration);
  out.content_type = "application/json";
  out.headers = {{"content-type", out.content_type}};
  out.body = to_json_text(json::object{{"text", kSampleText}});
  return out;
}

}  // namespace gantry::integrations
