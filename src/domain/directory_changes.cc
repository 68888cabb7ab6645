// The writer's half of the Directory.

#include <algorithm>

#include "base/text_hash.h"
#include "domain/directory.h"

namespace gantry::domain {
namespace {

// Kept listings beyond this are thrown away at the next change; one alone may not be larger.
constexpr std::size_t kListingBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kOneListingBytesMax = 64 * 1024;

}  // namespace

Directory::Directory(IntegrationEncoder encode)
    : encode_(std::move(encode)), settings_(std::make_shared<const Settings>()) {}

Directory::~Directory() {
  for (const RoomRecord& room : rooms_) delete room.listings.load(std::memory_order_relaxed);
}

struct Directory::Apply {
  Directory& self;
  const IntegrationPtr& entry;

  void operator()(const UserChanged& c) const { self.apply_user(c.user); }
  void operator()(const UserRemoved& c) const { self.remove_user(c.id); }
  void operator()(const TokenAdded& c) const { self.add_token(c.token); }
  void operator()(const TokenRemoved& c) const { self.remove_token(c.hash); }
  void operator()(const RoomChanged& c) const { self.apply_room(c.room); }
  void operator()(const RoomRemoved& c) const { self.remove_room(c.id); }
  void operator()(const MembershipChanged& c) const {
    self.memberships_.put(self.room_number(c.room), self.user_number(c.user), c.roles);
  }
  void operator()(const MembershipRemoved& c) const {
    self.memberships_.remove(self.find_room_number(c.room.text),
                             self.find_user_number(c.user.text));
  }
  void operator()(const RoleChanged& c) const { self.apply_role(c.role); }
  void operator()(const GrantChanged& c) const { self.rights_.apply(c.grant); }
  void operator()(const SettingChanged& c) const { self.apply_setting(c.setting, c.value); }
  void operator()(const IntegrationChanged&) const { self.apply_integration(entry); }
  void operator()(const IntegrationRemoved& c) const { self.remove_integration(c.id); }
};

void Directory::apply(const Change& change) {
  apply(std::span<const Change>(&change, 1));
}

void Directory::apply(std::span<const Change> changes) {
  // Before the lock: writing JSON takes longer than everything else.
  std::vector<IntegrationPtr> entries;
  for (const Change& change : changes) {
    const auto* changed = std::get_if<IntegrationChanged>(&change);
    if (changed != nullptr) entries.push_back(make_entry(*changed->integration));
  }
  const SpreadLock::Writing writing(lock_);
  auto entry = entries.begin();
  for (const Change& change : changes) {
    const bool has_entry = std::holds_alternative<IntegrationChanged>(change);
    std::visit(Apply{*this, has_entry ? *entry++ : IntegrationPtr()}, change);
  }
  if (listing_bytes_.load(std::memory_order_relaxed) > kListingBytesMax) forget_all_listings();
}

void Directory::load_memberships(const std::function<void(const MembershipVisitor&)>& visit_all) {
  const SpreadLock::Writing writing(lock_);
  RoomId last;
  RoomNumber number = kNoNumber;
  visit_all([&](const RoomId& room, const UserId& user, const std::vector<std::string>& roles) {
    if (number == kNoNumber || room != last) {
      last = room;
      number = room_number(room);
    }
    memberships_.put(number, user_number(user), roles);
  });
}

void Directory::load_integrations(const std::function<void(const IntegrationVisitor&)>& visit_all) {
  const SpreadLock::Writing writing(lock_);
  visit_all(
      [&](Integration integration) { apply_integration(make_entry(std::move(integration))); });
}

UserNumber Directory::user_number(const UserId& id) {
  UserNumber number = find_user_number(id.text);
  if (number != kNoNumber) return number;
  number = static_cast<UserNumber>(users_.size());
  users_.emplace_back().id = InlineText<kUserIdBytes>(id.text);
  users_by_id_.insert(text_hash(id.text), number);
  return number;
}

RoomNumber Directory::room_number(const RoomId& id) {
  RoomNumber number = find_room_number(id.text);
  if (number != kNoNumber) return number;
  number = static_cast<RoomNumber>(rooms_.size());
  rooms_.emplace_back().id = InlineText<kRoomIdBytes>(id.text);
  rooms_by_id_.insert(text_hash(id.text), number);
  return number;
}

void Directory::unname(const User& user, UserNumber number) {
  if (!user.username.empty()) users_by_name_.erase(text_hash(to_lower(user.username)), number);
  for (const Email& email : user.emails) {
    users_by_email_.erase(text_hash(to_lower(email.address)), number);
  }
}

void Directory::apply_user(const std::shared_ptr<const User>& user) {
  const UserNumber number = user_number(user->id);
  UserRecord& record = users_[number];
  if (record.user) {
    unname(*record.user, number);
  } else {
    ++user_count_;
  }
  record.user = user;
  record.active = user->active;
  record.roles = rights_.number_of(user->roles);
  if (!user->username.empty()) users_by_name_.insert(text_hash(to_lower(user->username)), number);
  for (const Email& email : user->emails) {
    users_by_email_.insert(text_hash(to_lower(email.address)), number);
  }
}

void Directory::remove_user(const UserId& id) {
  const UserNumber number = find_user_number(id.text);
  if (number == kNoNumber || !users_[number].user) return;
  UserRecord& record = users_[number];
  unname(*record.user, number);
  record.user.reset();
  record.active = false;
  record.roles = RoleRights::kNoRoles;
  --user_count_;
  memberships_.remove_user(number);
}

void Directory::add_token(const Token& token) {
  remove_token(token.hash);
  std::uint32_t number = static_cast<std::uint32_t>(tokens_.size());
  if (free_tokens_.empty()) {
    tokens_.emplace_back();
    whole_tokens_.emplace_back();
  } else {
    number = free_tokens_.back();
    free_tokens_.pop_back();
  }
  TokenRecord& record = tokens_[number];
  record.created_at = token.created_at;
  record.user = user_number(token.user);
  record.kind = token.kind;
  record.hash = InlineText<kHashBytes>(token.hash);
  whole_tokens_[number] = std::make_shared<const Token>(token);
  tokens_by_hash_.insert(text_hash(token.hash), number);
  users_[record.user].newest_token = number;
}

void Directory::remove_token(const std::string& hash) {
  const std::uint32_t number = find_token_number(hash);
  if (number == kNoNumber) return;
  tokens_by_hash_.erase(text_hash(hash), number);
  tokens_[number] = TokenRecord{};
  whole_tokens_[number].reset();
  free_tokens_.push_back(number);
}

void Directory::apply_room(const std::shared_ptr<const Room>& room) {
  const RoomNumber number = room_number(room->id);
  RoomRecord& record = rooms_[number];
  if (record.room && !record.room->name.empty()) {
    rooms_by_name_.erase(text_hash(record.room->name), number);
  }
  record.room = room;
  record.type = room->type;
  record.is_discussion = room->is_discussion();
  if (!room->name.empty()) rooms_by_name_.insert(text_hash(room->name), number);
  ++listing_version_;
  forget_listings(number);
}

void Directory::remove_room(const RoomId& id) {
  const RoomNumber number = find_room_number(id.text);
  if (number == kNoNumber || !rooms_[number].room) return;
  RoomRecord& record = rooms_[number];
  if (!record.room->name.empty()) rooms_by_name_.erase(text_hash(record.room->name), number);
  record.room.reset();
  memberships_.remove_room(number);
  ++listing_version_;
  forget_listings(number);
}

void Directory::apply_role(const Role& role) {
  const auto at = std::find_if(roles_.begin(), roles_.end(),
                               [&](const Role& one) { return one.id == role.id; });
  if (at == roles_.end()) {
    roles_.push_back(role);
  } else {
    *at = role;
  }
}

void Directory::apply_setting(Setting setting, const json::value& value) {
  auto next = std::make_shared<Settings>(*settings_);
  next->set(setting, value);
  settings_ = std::move(next);
}

IntegrationPtr Directory::make_entry(Integration integration) const {
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

void Directory::apply_integration(const IntegrationPtr& entry) {
  if (const IntegrationPtr old = integrations_.find(entry->integration.id)) {
    forget_listings(old->integration);
  }
  integrations_.put(entry);
  forget_listings(entry->integration);
}

void Directory::remove_integration(const IntegrationId& id) {
  const IntegrationPtr old = integrations_.find(id);
  if (!old) return;
  integrations_.remove(id);
  forget_listings(old->integration);
}

// A room lists what is filed under "#" and its name or id, and under the scope of its kind.
void Directory::forget_listings(const Integration& integration) {
  ++listing_version_;
  if (listing_bytes_.load(std::memory_order_relaxed) == 0) return;
  for (const std::string_view channel : integration.channels) {
    if (channel.starts_with('@')) continue;
    if (!channel.starts_with('#')) return forget_all_listings();
    const std::string_view room = channel.substr(1);
    if (const RoomNumber number = find_room_number(room); number != kNoNumber) {
      forget_listings(number);
    }
    rooms_by_name_.find(text_hash(room), [&](RoomNumber number) {
      forget_listings(number);
      return false;  // on to all that may have this name
    });
  }
}

void Directory::forget_listings(RoomNumber room) {
  const ReadyListings* listings = rooms_[room].listings.exchange(nullptr);
  if (listings == nullptr) return;
  listing_bytes_.fetch_sub(sizeof(ReadyListings) + listings->bytes(), std::memory_order_relaxed);
  delete listings;
}

void Directory::forget_all_listings() {
  for (RoomNumber room = 0; room < rooms_.size(); ++room) forget_listings(room);
}

std::shared_ptr<const std::string> Directory::View::keep_listing(RoomNumber room,
                                                                 std::uint64_t version,
                                                                 const ListingKey& key,
                                                                 std::string reply) const {
  if (version != directory_.listing_version_ || reply.size() > kOneListingBytesMax ||
      directory_.listing_bytes_.load(std::memory_order_relaxed) > kListingBytesMax) {
    return std::make_shared<const std::string>(std::move(reply));
  }
  std::atomic<ReadyListings*>& place = directory_.rooms_[room].listings;
  ReadyListings* listings = place.load(std::memory_order_acquire);
  if (listings == nullptr) {
    auto fresh = std::make_unique<ReadyListings>();
    if (place.compare_exchange_strong(listings, fresh.get(), std::memory_order_acq_rel)) {
      listings = fresh.release();
      directory_.listing_bytes_.fetch_add(sizeof(ReadyListings), std::memory_order_relaxed);
    }
  }
  std::size_t kept = 0;
  auto out = listings->keep(key, std::move(reply), kept);
  directory_.listing_bytes_.fetch_add(kept, std::memory_order_relaxed);
  return out;
}

}  // namespace gantry::domain
