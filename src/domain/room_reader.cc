#include "domain/room_reader.h"

#include <algorithm>

#include "domain/error_codes.h"

namespace gantry::domain {
namespace {

enum class LastMessage { Shown, Hidden };

RoomView view_of(const Tx& tx, const Directory& directory, std::shared_ptr<const Room> room,
                 LastMessage last) {
  RoomView out;
  out.activity = tx.rooms().activity_of(room->id);
  out.member_count = directory.member_count(room->id);
  if (last == LastMessage::Shown && !out.activity.last_message.empty()) {
    out.last_message = tx.messages().find(out.activity.last_message);
  }
  out.room = std::move(room);
  return out;
}

LastMessage last_message_of(const Settings& settings) {
  return settings.get_bool(Setting::StoreLastMessage) ? LastMessage::Shown : LastMessage::Hidden;
}

// Whether somebody else wrote the newest message, after `mark`. Who wrote it himself has seen the
// ones before.
bool has_news(const Tx& tx, const Subscription& subscription, const RoomActivity& activity,
              Time mark) {
  if (!activity.last_message_at || *activity.last_message_at <= mark) return false;
  const auto newest = tx.messages().find(activity.last_message);
  return newest && newest->author.id != subscription.user;
}

std::optional<SubscriptionView> view_of(const Tx& tx, const Directory& directory,
                                        Subscription subscription) {
  SubscriptionView out;
  out.room = directory.find_room(subscription.room);
  if (!out.room) return std::nullopt;  // removed meanwhile
  const RoomActivity activity = tx.rooms().activity_of(subscription.room);
  const bool direct = out.room->type == RoomType::Direct;
  // In a direct room what came before the first look is news too.
  const Time never_looked = direct ? Time{} : subscription.joined_at;
  const Time mark = subscription.last_seen.value_or(never_looked);
  const bool news = has_news(tx, subscription, activity, mark);
  const std::int64_t mentions = subscription.user_mentions + subscription.group_mentions;
  if (direct && news) {
    out.unread = tx.subscriptions().count_unread(subscription.room, subscription.user,
                                                 subscription.last_seen);
  } else if (!direct) {
    out.unread = mentions;
  }
  out.alert = news || mentions > 0 || subscription.marked_unread;
  out.changed_at = std::max(
      {subscription.updated_at, out.room->updated_at, activity.last_message_at.value_or(Time{})});
  out.subscription = std::move(subscription);
  return out;
}

}  // namespace

Time RoomView::changed_at() const {
  return std::max(room->updated_at, activity.last_message_at.value_or(Time{}));
}

Task<RoomView> RoomReader::load(std::shared_ptr<const Room> room) const {
  const Directory& directory = context_.directory;
  const LastMessage last = last_message_of(*directory.settings());
  const std::function<Result<RoomView>(const Tx&)> work = [&directory, room,
                                                           last](const Tx& tx) -> Result<RoomView> {
    return view_of(tx, directory, room, last);
  };
  co_return co_await context_.store.read<RoomView>(work);
}

Task<RoomView> RoomReader::load_current(RoomId id) const {
  auto room = context_.directory.find_room(id);
  if (!room) co_return Error(ErrorCode::InvalidRoom);
  co_return co_await load(std::move(room));
}

Task<std::vector<RoomView>> RoomReader::load_all(
    std::vector<std::shared_ptr<const Room>> rooms) const {
  const Directory& directory = context_.directory;
  const LastMessage last = last_message_of(*directory.settings());
  const std::function<Result<std::vector<RoomView>>(const Tx&)> work =
      [&directory, rooms, last](const Tx& tx) -> Result<std::vector<RoomView>> {
    std::vector<RoomView> out;
    out.reserve(rooms.size());
    for (const auto& room : rooms) out.push_back(view_of(tx, directory, room, last));
    return out;
  };
  co_return co_await context_.store.read<std::vector<RoomView>>(work);
}

Task<std::optional<SubscriptionView>> RoomReader::find_subscription(UserId user,
                                                                    RoomId room) const {
  using Found = std::optional<SubscriptionView>;
  const Directory& directory = context_.directory;
  const std::function<Result<Found>(const Tx&)> work = [&directory, user,
                                                        room](const Tx& tx) -> Result<Found> {
    auto subscription = tx.subscriptions().find(room, user);
    if (!subscription) return Found{};
    return view_of(tx, directory, *std::move(subscription));
  };
  co_return co_await context_.store.read<Found>(work);
}

Task<std::vector<SubscriptionView>> RoomReader::list_subscriptions(UserId user) const {
  using Views = std::vector<SubscriptionView>;
  const Directory& directory = context_.directory;
  const std::function<Result<Views>(const Tx&)> work = [&directory,
                                                        user](const Tx& tx) -> Result<Views> {
    Views out;
    for (Subscription& subscription : tx.subscriptions().list_of_user(user)) {
      auto view = view_of(tx, directory, std::move(subscription));
      if (view) out.push_back(*std::move(view));
    }
    return out;
  };
  co_return co_await context_.store.read<Views>(work);
}

Task<RoomCounters> RoomReader::count(UserId user, std::shared_ptr<const Room> room,
                                     Sight sight) const {
  const auto members = static_cast<std::int64_t>(context_.directory.member_count(room->id));
  const std::function<Result<RoomCounters>(const Tx&)> work =
      [user, room, sight, members](const Tx& tx) -> Result<RoomCounters> {
    RoomCounters out;
    const RoomActivity activity = tx.rooms().activity_of(room->id);
    if (const auto subscription = tx.subscriptions().find(room->id, user)) {
      out.joined = true;
      out.unreads_from = subscription->last_seen.value_or(subscription->joined_at);
      out.unreads = tx.subscriptions().count_unread(room->id, user, out.unreads_from);
      out.user_mentions = subscription->user_mentions;
    }
    if (out.joined || sight == Sight::All) {
      out.members = members;
      out.messages = activity.message_count;
      out.latest = activity.last_message_at.value_or(room->created_at);
    }
    return out;
  };
  co_return co_await context_.store.read<RoomCounters>(work);
}

}  // namespace gantry::domain
