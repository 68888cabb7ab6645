#include "domain/directory.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace gantry::domain {
namespace {

// What an integration is filed under, see list_without_channel.
bool has_no_channel(const Integration& integration) {
  return integration.type == IntegrationType::Outgoing && integration.channels.empty();
}

bool comes_before(const std::shared_ptr<const IntegrationEntry>& a,
                  const std::shared_ptr<const IntegrationEntry>& b) {
  return std::tie(a->integration.created_at, a->integration.id) <
         std::tie(b->integration.created_at, b->integration.id);
}

IntegrationList with_entry(const IntegrationList& list,
                           const std::shared_ptr<const IntegrationEntry>& entry) {
  auto next = std::make_shared<IntegrationEntries>();
  if (list) {
    next->reserve(list->size() + 1);
    *next = *list;
  }
  next->insert(std::upper_bound(next->begin(), next->end(), entry, comes_before), entry);
  return next;
}

IntegrationList without_entry(const IntegrationList& list, const IntegrationId& id) {
  auto next = std::make_shared<IntegrationEntries>();
  if (list) {
    next->reserve(list->size());
    for (const auto& entry : *list) {
      if (entry->integration.id != id) next->push_back(entry);
    }
  }
  return next;
}

// Each channel once, however often the integration names it.
std::vector<std::string> channels_of(const Integration& integration) {
  std::vector<std::string> channels = integration.channels;
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
  return channels;
}

const IntegrationList& no_integrations() {
  static const IntegrationList empty = std::make_shared<const IntegrationEntries>();
  return empty;
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Directory::Directory(IntegrationEncoder encode)
    : encode_(std::move(encode)),
      roles_(std::make_shared<const std::vector<Role>>()),
      settings_(std::make_shared<const Settings>()),
      all_integrations_(no_integrations()),
      without_channel_(no_integrations()) {
  auto table = std::make_shared<GrantTable>();
  for (std::size_t i = 0; i < kPermissionCount; ++i) {
    table->grants.push_back({Permission(i), {}, {}});
  }
  grants_.store(std::move(table));
}

void Directory::apply(const Change& change) {
  struct Apply {
    Directory& self;

    void operator()(const UserChanged& c) const { self.apply_user(c.user); }
    void operator()(const UserRemoved& c) const { self.remove_user(c.id); }
    void operator()(const TokenAdded& c) const {
      self.tokens_.put(c.token.hash, std::make_shared<const Token>(c.token));
    }
    void operator()(const TokenRemoved& c) const { self.tokens_.erase(c.hash); }
    void operator()(const RoomChanged& c) const { self.apply_room(c.room); }
    void operator()(const RoomRemoved& c) const { self.remove_room(c.id); }
    void operator()(const MembershipChanged& c) const {
      self.memberships_.put(c.room, c.user, c.roles);
    }
    void operator()(const MembershipRemoved& c) const { self.memberships_.remove(c.room, c.user); }
    void operator()(const RoleChanged& c) const {
      auto next = std::make_shared<std::vector<Role>>(*self.roles_.load());
      const auto at = std::find_if(next->begin(), next->end(),
                                   [&](const Role& role) { return role.id == c.role.id; });
      if (at == next->end()) {
        next->push_back(c.role);
      } else {
        *at = c.role;
      }
      self.roles_.store(std::move(next));
    }
    void operator()(const GrantChanged& c) const {
      auto next = std::make_shared<GrantTable>(*self.grants_.load());
      next->grants[static_cast<std::size_t>(c.grant.permission)] = c.grant;
      self.grants_.store(std::move(next));
    }
    void operator()(const SettingChanged& c) const {
      auto next = std::make_shared<Settings>(*self.settings_.load());
      next->set(c.setting, c.value);
      self.settings_.store(std::move(next));
    }
    void operator()(const IntegrationChanged& c) const { self.apply_integration(*c.integration); }
    void operator()(const IntegrationRemoved& c) const { self.remove_integration(c.id); }
  };
  std::visit(Apply{*this}, change);
}

void Directory::apply_user(const std::shared_ptr<const User>& user) {
  if (const auto old = users_.find(user->id)) {
    if (old->username != user->username) users_by_name_.erase(to_lower(old->username));
    for (const Email& email : old->emails) users_by_email_.erase(to_lower(email.address));
  }
  users_.put(user->id, user);
  if (!user->username.empty()) users_by_name_.put(to_lower(user->username), user->id);
  for (const Email& email : user->emails) users_by_email_.put(to_lower(email.address), user->id);
}

void Directory::remove_user(const UserId& id) {
  const auto old = users_.find(id);
  if (!old) return;
  users_by_name_.erase(to_lower(old->username));
  for (const Email& email : old->emails) users_by_email_.erase(to_lower(email.address));
  users_.erase(id);
  memberships_.remove_user(id);
}

void Directory::apply_room(const std::shared_ptr<const Room>& room) {
  const auto old = rooms_.find(room->id);
  if (old && old->name != room->name && !old->name.empty()) rooms_by_name_.erase(old->name);
  rooms_.put(room->id, room);
  if (!room->name.empty()) rooms_by_name_.put(room->name, room->id);
}

void Directory::remove_room(const RoomId& id) {
  const auto old = rooms_.find(id);
  if (!old) return;
  if (!old->name.empty()) rooms_by_name_.erase(old->name);
  rooms_.erase(id);
  memberships_.remove_room(id);
}

std::shared_ptr<const IntegrationEntry> Directory::make_entry(Integration integration) const {
  auto entry = std::make_shared<IntegrationEntry>();
  entry->document = encode_(integration);
  entry->json = to_json_text(entry->document);
  entry->json.shrink_to_fit();
  if (integration.script || integration.script_compiled) {
    integration.script.reset();
    integration.script_compiled.reset();
    entry->document = encode_(integration);
  }
  entry->integration = std::move(integration);
  return entry;
}

void Directory::load_memberships(const std::function<void(const MembershipVisitor&)>& visit_all) {
  memberships_.load(visit_all);
}

void Directory::load_integrations(const std::function<void(const IntegrationVisitor&)>& visit_all) {
  auto all = std::make_shared<IntegrationEntries>();
  visit_all([&](Integration integration) { all->push_back(make_entry(std::move(integration))); });
  std::sort(all->begin(), all->end(), comes_before);

  // Filled in the order of `all`, so that each list is sorted as well.
  std::unordered_map<std::string, std::shared_ptr<IntegrationEntries>> by_channel;
  std::unordered_map<UserId, std::shared_ptr<IntegrationEntries>> by_maker;
  auto without_channel = std::make_shared<IntegrationEntries>();
  const auto add = [](std::shared_ptr<IntegrationEntries>& list, const auto& entry) {
    if (!list) list = std::make_shared<IntegrationEntries>();
    list->push_back(entry);
  };
  for (const auto& entry : *all) {
    const Integration& integration = entry->integration;
    for (const std::string& channel : channels_of(integration)) add(by_channel[channel], entry);
    if (integration.created_by) add(by_maker[integration.created_by->id], entry);
    if (has_no_channel(integration)) add(without_channel, entry);
    integrations_.put(integration.id, entry);
  }
  for (auto& [channel, list] : by_channel) by_channel_.put(channel, std::move(list));
  for (auto& [maker, list] : by_maker) by_maker_.put(maker, std::move(list));
  without_channel_.store(std::move(without_channel));
  all_integrations_.store(std::move(all));
}

void Directory::apply_integration(const Integration& integration) {
  remove_integration(integration.id);
  const auto shared = make_entry(integration);
  const auto add = [&shared](IntegrationList& list) {
    list = with_entry(list, shared);
    return true;
  };
  for (const std::string& channel : channels_of(integration)) by_channel_.update(channel, add);
  if (integration.created_by) by_maker_.update(integration.created_by->id, add);
  if (has_no_channel(integration)) {
    without_channel_.store(with_entry(without_channel_.load(), shared));
  }
  all_integrations_.store(with_entry(all_integrations_.load(), shared));
  integrations_.put(integration.id, shared);
}

void Directory::remove_integration(const IntegrationId& id) {
  const auto old = integrations_.find(id);
  if (!old) return;
  const auto drop = [&id](IntegrationList& list) {
    list = without_entry(list, id);
    return !list->empty();
  };
  for (const std::string& channel : old->integration.channels) by_channel_.update(channel, drop);
  if (old->integration.created_by) by_maker_.update(old->integration.created_by->id, drop);
  if (has_no_channel(old->integration)) {
    without_channel_.store(without_entry(without_channel_.load(), id));
  }
  all_integrations_.store(without_entry(all_integrations_.load(), id));
  integrations_.erase(id);
}

std::shared_ptr<const User> Directory::find_user(const UserId& id) const {
  return users_.find(id);
}

std::shared_ptr<const User> Directory::find_user_by_name(std::string_view username) const {
  const UserId id = users_by_name_.find(to_lower(username));
  return id.empty() ? nullptr : users_.find(id);
}

std::shared_ptr<const User> Directory::find_user_by_email(std::string_view address) const {
  const UserId id = users_by_email_.find(to_lower(address));
  return id.empty() ? nullptr : users_.find(id);
}

std::vector<std::shared_ptr<const User>> Directory::list_users() const {
  std::vector<std::shared_ptr<const User>> out;
  users_.for_each([&](const UserId&, const auto& user) { out.push_back(user); });
  return out;
}

std::shared_ptr<const Token> Directory::find_token(const std::string& hash) const {
  return tokens_.find(hash);
}

std::shared_ptr<const Room> Directory::find_room(const RoomId& id) const {
  return rooms_.find(id);
}

std::shared_ptr<const Room> Directory::find_room_by_name(std::string_view name) const {
  const RoomId id = rooms_by_name_.find(std::string(name));
  return id.empty() ? nullptr : rooms_.find(id);
}

std::vector<std::shared_ptr<const Room>> Directory::list_rooms() const {
  std::vector<std::shared_ptr<const Room>> out;
  rooms_.for_each([&](const RoomId&, const auto& room) { out.push_back(room); });
  return out;
}

bool Directory::is_member(const UserId& user, const RoomId& room) const {
  return memberships_.contains(room, user);
}

std::vector<std::string> Directory::roles_in(const UserId& user, const RoomId& room) const {
  return memberships_.roles_of(room, user);
}

std::vector<RoomId> Directory::rooms_of(const UserId& user) const {
  return memberships_.rooms_of(user);
}

std::vector<UserId> Directory::members_of(const RoomId& room) const {
  return memberships_.members_of(room);
}

std::size_t Directory::member_count(const RoomId& room) const {
  return memberships_.member_count(room);
}

std::size_t Directory::membership_count() const {
  return memberships_.size();
}

std::vector<Role> Directory::list_roles() const {
  return *roles_.load();
}

std::optional<Role> Directory::find_role(std::string_view id) const {
  for (const Role& role : *roles_.load()) {
    if (role.id == id) return role;
  }
  return std::nullopt;
}

std::vector<Grant> Directory::list_grants() const {
  return grants_.load()->grants;
}

bool Directory::grants(const std::vector<std::string>& roles, Permission permission) const {
  const auto table = grants_.load();
  const std::vector<std::string>& granted =
      table->grants[static_cast<std::size_t>(permission)].roles;
  return std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
    return std::find(granted.begin(), granted.end(), role) != granted.end();
  });
}

bool Directory::has_permission(const User& user, Permission permission) const {
  return grants(user.roles, permission);
}

bool Directory::has_permission(const User& user, Permission permission, const RoomId& room) const {
  return grants(user.roles, permission) || grants(roles_in(user.id, room), permission);
}

std::shared_ptr<const IntegrationEntry> Directory::find_integration(const IntegrationId& id) const {
  return integrations_.find(id);
}

IntegrationList Directory::list_by_channel(const std::string& channel) const {
  IntegrationList list = by_channel_.find(channel);
  return list ? list : no_integrations();
}

IntegrationList Directory::list_by_maker(const UserId& maker) const {
  IntegrationList list = by_maker_.find(maker);
  return list ? list : no_integrations();
}

}  // namespace gantry::domain
