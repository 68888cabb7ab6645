#include "domain/integration_lists.h"

#include <algorithm>
#include <tuple>

namespace gantry::domain {
namespace {

// What an integration is filed under, see Directory::list_without_channel.
bool has_no_channel(const Integration& integration) {
  return integration.type == IntegrationType::Outgoing && integration.channels.empty();
}

bool comes_before(const IntegrationPtr& a, const IntegrationPtr& b) {
  return std::tie(a->integration.created_at, a->integration.id) <
         std::tie(b->integration.created_at, b->integration.id);
}

// The list to change: itself while nobody else has it, else a copy that takes its place.
IntegrationEntries& own(std::shared_ptr<IntegrationEntries>& list) {
  if (!list) {
    list = std::make_shared<IntegrationEntries>();
  } else if (list.use_count() == 1) {
    // Giving up a further share orders what former readers did before what comes now; the count
    // alone would not.
    std::shared_ptr<IntegrationEntries>(list).reset();
  } else {
    list = std::make_shared<IntegrationEntries>(*list);
  }
  return *list;
}

void add(std::shared_ptr<IntegrationEntries>& list, const IntegrationPtr& entry) {
  IntegrationEntries& entries = own(list);
  entries.insert(std::upper_bound(entries.begin(), entries.end(), entry, comes_before), entry);
}

void drop(std::shared_ptr<IntegrationEntries>& list, const IntegrationPtr& entry) {
  IntegrationEntries& entries = own(list);
  const auto at = std::lower_bound(entries.begin(), entries.end(), entry, comes_before);
  if (at != entries.end() && *at == entry) entries.erase(at);
}

template <class Map>
IntegrationList found_in(const Map& map, const typename Map::key_type& key) {
  static const IntegrationList kEmpty(std::make_shared<const IntegrationEntries>());
  const auto at = map.find(key);
  return at == map.end() ? kEmpty : IntegrationList(at->second);
}

template <class Map>
void erase_if_empty(Map& map, const typename Map::key_type& key) {
  const auto at = map.find(key);
  if (at != map.end() && at->second->empty()) map.erase(at);
}

}  // namespace

IntegrationLists::IntegrationLists()
    : all_(std::make_shared<IntegrationEntries>()),
      without_channel_(std::make_shared<IntegrationEntries>()) {}

template <class Visit>
void IntegrationLists::for_each_list_of(const Integration& integration, Visit visit) {
  std::vector<std::string> channels = integration.channels;
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
  for (const std::string& channel : channels) visit(by_channel_[channel]);
  if (integration.created_by) visit(by_maker_[integration.created_by->id]);
  if (has_no_channel(integration)) visit(without_channel_);
  visit(all_);
}

void IntegrationLists::put(const IntegrationPtr& entry) {
  remove(entry->integration.id);
  for_each_list_of(entry->integration, [&](List& list) { add(list, entry); });
  by_id_[entry->integration.id] = entry;
}

void IntegrationLists::remove(const IntegrationId& id) {
  const auto at = by_id_.find(id);
  if (at == by_id_.end()) return;
  const IntegrationPtr entry = std::move(at->second);
  by_id_.erase(at);
  for_each_list_of(entry->integration, [&](List& list) { drop(list, entry); });
  for (const std::string& channel : entry->integration.channels) {
    erase_if_empty(by_channel_, channel);
  }
  if (const auto& maker = entry->integration.created_by) erase_if_empty(by_maker_, maker->id);
}

IntegrationPtr IntegrationLists::find(const IntegrationId& id) const {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : at->second;
}

IntegrationList IntegrationLists::by_channel(const std::string& channel) const {
  return found_in(by_channel_, channel);
}

IntegrationList IntegrationLists::by_maker(const UserId& maker) const {
  return found_in(by_maker_, maker);
}

}  // namespace gantry::domain
