#include "domain/posting.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/message_references.h"
#include "domain/message_text.h"
#include "domain/room_access.h"
#include "domain/room_membership.h"
#include "domain/system_message.h"
#include "domain/thread.h"

namespace gantry::domain {
namespace {

bool lists(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool may_enter(const Directory& directory, const User& sender, const Room& room) {
  if (room.type == RoomType::Channel) {
    return directory.has_permission(sender, Permission::ViewCRoom) &&
           (room.join_code.empty() ||
            directory.has_permission(sender, Permission::JoinWithoutJoinCode));
  }
  // A membership that the transaction does not see was ended by an earlier write of its group.
  return !directory.is_member(sender.id, room.id) && can_access(directory, sender, room);
}

// Either a room, or the account with whom a direct room is to be made.
using Target = PostTarget;

std::optional<Room> find_by_id_or_name(const Tx& tx, std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (auto room = tx.rooms().find(RoomId{text})) return room;
  return tx.rooms().find_by_name(text);
}

Result<Target> direct_target(const Tx& tx, const Directory& directory, const User& sender,
                             std::shared_ptr<const User> other) {
  if (auto room = find_direct_room(tx, {sender.id, other->id})) return Target{std::move(room), {}};
  if (!tx.users().find(other->id)) return ErrorCode::InvalidChannelTarget;
  if (!directory.has_permission(sender, Permission::CreateD)) return ErrorCode::NotAllowedInRoom;
  return Target{std::nullopt, std::move(other)};
}

Result<Target> find_target(const Tx& tx, const Directory& directory, const User& sender,
                           std::string_view item) {
  const bool direct = item.starts_with('@');
  const std::string_view name = direct || item.starts_with('#') ? item.substr(1) : item;
  if (direct) {
    auto other = directory.find_user(UserId{name});
    if (!other) other = directory.find_user_by_name(name);
    if (other) return direct_target(tx, directory, sender, std::move(other));
    auto room = tx.rooms().find(RoomId{name});
    if (!room || room->type != RoomType::Direct) return ErrorCode::InvalidChannelTarget;
    return Target{std::move(room), {}};
  }
  if (auto room = find_by_id_or_name(tx, name)) return Target{std::move(room), {}};
  if (item.starts_with('#')) return ErrorCode::InvalidChannelTarget;
  auto other = directory.find_user(UserId{name});
  if (!other) return ErrorCode::InvalidChannelTarget;
  return direct_target(tx, directory, sender, std::move(other));
}

Result<Room> open_target(Tx& tx, const Directory& directory, const User& sender, Target target,
                         Time now) {
  if (!target.room) {
    return ensure_direct_room(tx, directory, {std::make_shared<const User>(sender), target.other},
                              now);
  }
  if (target.room->type == RoomType::Channel) {
    TRY_DO(join_in(tx, directory, *target.room, sender, now, Announce::Join));
  }
  return *std::move(target.room);
}

// A room that is yet to be made refuses nobody and grants nothing.
Result<void> check_target(const Tx& tx, const Directory& directory, const User& sender,
                          const Target& target, const MessageDraft& draft) {
  if (!target.room) return check_draft(directory, sender, Room{}, draft);
  TRY_DO(check_may_post(tx, directory, sender, *target.room));
  return check_draft(directory, sender, *target.room, draft);
}

Message to_message(const User& sender, const Room& room, MessageDraft draft, Time now) {
  Message out;
  out.id = draft.id.empty() ? new_ordered_id<MessageId>(now) : std::move(draft.id);
  out.room = room.id;
  out.sent_at = out.updated_at = now;
  out.text = std::move(draft.text);
  out.author = to_ref(sender);
  out.alias = std::move(draft.alias);
  out.avatar = std::move(draft.avatar);
  if (out.avatar.empty()) out.emoji = std::move(draft.emoji);
  out.groupable = draft.groupable;
  out.parse_urls = draft.parse_urls;
  out.posted_by = std::move(draft.posted_by);
  out.bot = std::move(draft.bot);
  out.attachments = std::move(draft.attachments);
  out.file = std::move(draft.file);
  out.files = std::move(draft.files);
  out.custom_fields = std::move(draft.custom_fields);
  out.blocks = std::move(draft.blocks);
  out.thread = std::move(draft.thread);
  out.thread_shown = draft.thread_shown;
  out.hook_depth = draft.hook_depth;
  return out;
}

void mark_read_by_sender(Tx& tx, const RoomId& room, const UserId& sender, Time now) {
  auto own = tx.subscriptions().find(room, sender);
  if (!own) return;
  own->open = true;
  own->last_seen = own->last_reply = own->updated_at = now;
  own->user_mentions = own->group_mentions = 0;
  own->marked_unread = false;
  tx.subscriptions().update(*own);
}

void tell_member(Tx& tx, Subscription member, const Room& room, bool by_name, bool as_group,
                 Time now) {
  const bool opens = room.type == RoomType::Direct && !member.open;
  if (!opens && !by_name && !as_group) return;
  if (opens) member.open = true;
  if (by_name) ++member.user_mentions;
  if (as_group) ++member.group_mentions;
  member.updated_at = now;
  tx.subscriptions().update(member);
}

// Only those whom the message names, or all when it calls all or is a direct message: a plain
// message in a large room writes no row for its members.
void tell_others(Tx& tx, const Room& room, const Message& message, Time now) {
  Mentioned mentioned = mentioned_in(message);
  // Replies that stay in their thread do not touch the room's counters.
  if (!message.thread.empty() && !message.thread_shown.value_or(false)) mentioned = {};
  const auto names = [&mentioned](const UserId& user) {
    return std::find(mentioned.users.begin(), mentioned.users.end(), user) != mentioned.users.end();
  };
  if (mentioned.group || room.type == RoomType::Direct) {
    for (Subscription& member : tx.subscriptions().list_of_room(room.id)) {
      if (member.user == message.author.id) continue;
      const bool by_name = names(member.user);
      tell_member(tx, std::move(member), room, by_name, mentioned.group, now);
    }
    return;
  }
  for (const UserId& user : mentioned.users) {
    if (user == message.author.id) continue;
    auto member = tx.subscriptions().find(room.id, user);
    if (member) tell_member(tx, *std::move(member), room, true, false, now);
  }
}

// The part of posting after the last check.
Result<Message> write_post(Tx& tx, const Directory& directory, const User& sender, const Room& room,
                           MessageDraft draft, Time now) {
  const auto previewed_urls = std::move(draft.previewed_urls);
  Message message = to_message(sender, room, std::move(draft), now);
  set_references(directory, message, previewed_urls);
  auto root = find_thread_root(tx, room.id, message.thread);
  if (root) message.thread = root->id;
  if (!tx.messages().insert(message)) return ErrorCode::DuplicateMessage;
  tx.rooms().count_messages(room.id, 1, &message);
  if (root && directory.settings()->get_bool(Setting::ThreadsEnabled)) {
    add_reply(tx, *std::move(root), message);
  }
  mark_read_by_sender(tx, room.id, sender.id, now);
  tell_others(tx, room, message, now);
  TRY_DO(tx.record(MessageSent{std::make_shared<const Message>(message),
                               std::make_shared<const Room>(room), false}));
  return message;
}

}  // namespace

Result<Room> resolve_target(Tx& tx, const Directory& directory, const User& sender,
                            std::string_view item, Time now) {
  TRY(Target target, find_target(tx, directory, sender, item));
  if (target.room && target.room->type == RoomType::Channel) {
    TRY_DO(check_may_post(tx, directory, sender, *target.room));
  }
  return open_target(tx, directory, sender, std::move(target), now);
}

Result<PostTarget> check_post(const Tx& tx, const Directory& directory, const User& sender,
                              std::string_view item, const MessageDraft& draft) {
  TRY(Target target, find_target(tx, directory, sender, item));
  TRY_DO(check_target(tx, directory, sender, target, draft));
  return target;
}

Result<void> check_may_post(const Tx& tx, const Directory& directory, const User& sender,
                            const Room& room) {
  if (room.archived) return ErrorCode::RoomIsArchived;
  const auto own = tx.subscriptions().find(room.id, sender.id);
  if (!own && !may_enter(directory, sender, room)) return ErrorCode::NotAllowedInRoom;
  if (own && room.type == RoomType::Direct && (own->blocked || own->blocker)) {
    return ErrorCode::RoomIsBlocked;
  }
  if (room.read_only && !lists(room.unmuted, sender.username) &&
      !directory.has_permission(sender, Permission::PostReadonly, room.id)) {
    return ErrorCode::RoomIsReadOnly;
  }
  if (lists(room.muted, sender.username)) return ErrorCode::MutedInRoom;
  return Done{};
}

Result<void> check_draft(const Directory& directory, const User& sender, const Room& room,
                         const MessageDraft& draft) {
  const std::int64_t limit = directory.settings()->get_int(Setting::MessageMaxSize);
  const std::size_t length = std::max(count_characters(draft.text), draft.attachment_text_length);
  if (limit > 0 && length > static_cast<std::size_t>(limit)) return ErrorCode::MessageSizeExceeded;
  const bool impersonates = !draft.alias.empty() || !draft.avatar.empty();
  if (impersonates && !directory.has_permission(sender, Permission::MessageImpersonate, room.id)) {
    return ErrorCode::CannotImpersonate;
  }
  if (draft.fault) return *draft.fault;
  return check_group_mentions(directory, sender, room, draft.text);
}

Result<Message> post_in(Tx& tx, const Directory& directory, const User& sender, const Room& room,
                        MessageDraft draft, Time now) {
  TRY_DO(check_draft(directory, sender, room, draft));
  return write_post(tx, directory, sender, room, std::move(draft), now);
}

Result<std::vector<PostedTarget>> post_to_targets_in(Tx& tx, const Directory& directory,
                                                     const User& sender, const MessageDraft& draft,
                                                     const std::vector<std::string>& targets,
                                                     Separate separate, Time now) {
  if (targets.size() > kPostTargetsMax) {
    return Error(ErrorCode::CapacityReached,
                 "A message goes to at most " + std::to_string(kPostTargetsMax) + " rooms");
  }
  std::vector<PostedTarget> out;
  std::vector<Target> found;
  for (const std::string& item : targets) {
    Result<Target> target = find_target(tx, directory, sender, item);
    Result<void> fits =
        target ? check_target(tx, directory, sender, *target, draft) : Result<void>(target.error());
    if (!fits && separate == Separate::No) return fits.error();
    out.push_back({item, std::nullopt, std::nullopt});
    if (!fits) out.back().error = fits.error();
    found.push_back(fits ? *std::move(target) : Target{});
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].error) continue;
    TRY(Room room, open_target(tx, directory, sender, std::move(found[i]), now));
    TRY(out[i].message, write_post(tx, directory, sender, room, draft, now));
  }
  return out;
}

}  // namespace gantry::domain
