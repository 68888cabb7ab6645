#include "integrations/trigger/selection.h"

#include <algorithm>

namespace gantry::integrations {
namespace {

using Entries = domain::IntegrationEntries;

void add_unique(Entries& out, const domain::IntegrationList& more) {
  for (const auto& entry : more) {
    if (std::find(out.begin(), out.end(), entry) == out.end()) out.push_back(entry);
  }
}

// The strings under which an integration may be filed to hear of this room.
std::vector<std::string> keys_of(const domain::Directory& directory, const wire::HookFacts& facts) {
  const domain::Room& room = *facts.room;
  std::vector<std::string> keys;
  switch (room.type) {
    case domain::RoomType::Direct:
      keys.emplace_back(domain::kAllDirectMessages);
      for (const domain::UserId& member : room.member_ids) {
        keys.push_back("@" + member.text);
        // The sender is not addressed by his own name.
        const bool sent = facts.message && facts.message->author.id == member;
        const auto user = directory.find_user(member);
        if (user && !sent) keys.push_back("@" + user->username);
      }
      return keys;
    case domain::RoomType::Channel:
      keys.emplace_back(domain::kAllPublicChannels);
      break;
    case domain::RoomType::Group:
      keys.emplace_back(domain::kAllPrivateGroups);
      break;
  }
  keys.push_back("#" + room.id.text);
  keys.push_back("#" + room.name);
  return keys;
}

// A channel event with an empty channel list hears of all public channels; an event without
// channels of everything.
bool hears_without_channel(const domain::Integration& integration, const wire::HookFacts& facts) {
  if (!domain::info_of(integration.event).uses_channel) return true;
  return facts.room && facts.room->type == domain::RoomType::Channel;
}

Entries candidates(const domain::Directory& directory, const wire::HookFacts& facts) {
  Entries out;
  if (facts.room) {
    for (const std::string& key : keys_of(directory, facts)) {
      add_unique(out, directory.list_by_channel(key));
    }
  }
  for (const auto& entry : directory.list_without_channel()) {
    if (hears_without_channel(entry->integration, facts)) out.push_back(entry);
  }
  return out;
}

bool is_own_echo(const domain::Integration& integration, const wire::HookFacts& facts) {
  return facts.message && facts.message->posted_by == integration.id;
}

}  // namespace

std::optional<std::string> find_trigger_word(const std::vector<std::string>& words,
                                             std::string_view text, bool anywhere) {
  for (const std::string& word : words) {
    const bool found =
        anywhere ? text.find(word) != std::string_view::npos : text.starts_with(word);
    if (found) return word;
  }
  return std::nullopt;
}

std::vector<HookMatch> select_hooks(const domain::Directory& directory,
                                    const wire::HookFacts& facts) {
  std::vector<HookMatch> out;
  // Chains of hooks that answer each other end.
  if (facts.message && facts.message->hook_depth >= domain::kHookChainMax) return out;
  for (const auto& entry : candidates(directory, facts)) {
    const domain::Integration& integration = entry->integration;
    if (integration.type != domain::IntegrationType::Outgoing || !integration.enabled ||
        integration.event != facts.event || is_own_echo(integration, facts)) {
      continue;
    }
    HookMatch match{entry, {}};
    if (domain::info_of(facts.event).uses_words && integration.trigger_words &&
        !integration.trigger_words->empty()) {
      auto word = find_trigger_word(*integration.trigger_words, facts.message->text,
                                    integration.trigger_word_anywhere.value_or(false));
      if (!word) continue;
      match.trigger_word = *std::move(word);
    }
    if (facts.edited && !integration.run_on_edits.value_or(false)) continue;
    out.push_back(std::move(match));
  }
  return out;
}

}  // namespace gantry::integrations
