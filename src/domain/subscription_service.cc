#include "domain/subscription_service.h"

#include <algorithm>

#include "domain/error_codes.h"

namespace gantry::domain {
namespace {

Result<void> set_unread_from(Tx& tx, const UserId& user, const Message& first) {
  auto subscription = tx.subscriptions().find(first.room, user);
  if (!subscription) return Error(ErrorCode::InvalidSubscription, "error-invalid-subscription");
  subscription->last_seen = first.sent_at - Milliseconds{1};
  subscription->marked_unread = true;
  subscription->updated_at = std::max(subscription->updated_at, first.sent_at);
  tx.subscriptions().update(*subscription);
  return Done{};
}

}  // namespace

Task<std::optional<Subscription>> SubscriptionService::find(Caller caller, RoomId room) {
  using Found = std::optional<Subscription>;
  const UserId user = caller.id();
  const std::function<Result<Found>(const Tx&)> work = [user, room](const Tx& tx) -> Result<Found> {
    return tx.subscriptions().find(room, user);
  };
  co_return co_await context_.store.read<Found>(work);
}

Task<void> SubscriptionService::change(UserId user, RoomId room,
                                       std::function<Result<void>(Subscription&)> apply) {
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [user, room, apply, now](Tx& tx) -> Result<void> {
    auto subscription = tx.subscriptions().find(room, user);
    if (!subscription) return Error(ErrorCode::InvalidSubscription, "error-invalid-subscription");
    TRY_DO(apply(*subscription));
    subscription->updated_at = now;
    tx.subscriptions().update(*subscription);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> SubscriptionService::open(Caller caller, RoomId room) {
  const std::function<Result<void>(Subscription&)> apply =
      [](Subscription& subscription) -> Result<void> {
    subscription.open = true;
    return Done{};
  };
  co_return co_await change(caller.id(), room, apply);
}

Task<void> SubscriptionService::close(Caller caller, RoomId room) {
  const std::function<Result<void>(Subscription&)> apply =
      [](Subscription& subscription) -> Result<void> {
    subscription.open = false;
    return Done{};
  };
  co_return co_await change(caller.id(), room, apply);
}

Task<void> SubscriptionService::mark_favorite(Caller caller, RoomId room, Favorite favorite) {
  const std::function<Result<void>(Subscription&)> apply =
      [favorite](Subscription& subscription) -> Result<void> {
    subscription.favorite = favorite == Favorite::Yes;
    return Done{};
  };
  co_return co_await change(caller.id(), room, apply);
}

Task<void> SubscriptionService::save_preferences(Caller caller, RoomId room, json::object choices) {
  const std::function<Result<void>(Subscription&)> apply =
      [choices](Subscription& subscription) -> Result<void> {
    for (const auto& choice : choices) {
      if (choice.value().is_null()) {
        subscription.preferences.erase(choice.key());
      } else {
        subscription.preferences[choice.key()] = choice.value();
      }
    }
    return Done{};
  };
  co_return co_await change(caller.id(), room, apply);
}

Task<void> SubscriptionService::mark_read(Caller caller, RoomId room) {
  const Time now = context_.clock.now();
  const std::function<Result<void>(Subscription&)> apply =
      [now](Subscription& subscription) -> Result<void> {
    subscription.last_seen = now;
    subscription.user_mentions = 0;
    subscription.group_mentions = 0;
    subscription.marked_unread = false;
    return Done{};
  };
  co_return co_await change(caller.id(), room, apply);
}

Task<void> SubscriptionService::mark_room_unread(Caller caller, RoomId room) {
  const UserId user = caller.id();
  const std::function<Result<void>(Tx&)> work = [user, room](Tx& tx) -> Result<void> {
    const auto newest = tx.messages().find_latest(room);
    if (!newest || !tx.subscriptions().find(room, user)) {
      return Error(ErrorCode::NoMessageForUnread);
    }
    return set_unread_from(tx, user, *newest);
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> SubscriptionService::mark_unread_from(Caller caller, MessageId first) {
  const UserId user = caller.id();
  const std::function<Result<void>(Tx&)> work = [user, first](Tx& tx) -> Result<void> {
    const auto message = tx.messages().find(first);
    // Who may not see the message learns nothing of it.
    if (!message || !tx.subscriptions().find(message->room, user)) {
      return Error(ErrorCode::NoMessageForUnread);
    }
    if (message->author.id == user) return Error(ErrorCode::ActionNotAllowed);
    return set_unread_from(tx, user, *message);
  };
  co_return co_await context_.store.write<void>(work);
}

Task<void> SubscriptionService::block(Caller caller, RoomId room, Block block) {
  const UserId user = caller.id();
  const bool on = block == Block::On;
  const Time now = context_.clock.now();
  const std::function<Result<void>(Tx&)> work = [user, room, on, now](Tx& tx) -> Result<void> {
    const auto current = tx.rooms().find(room);
    if (!current || current->type != RoomType::Direct || current->member_ids.size() != 2) {
      return Error(ErrorCode::InvalidRoom);
    }
    for (Subscription& one : tx.subscriptions().list_of_room(room)) {
      (one.user == user ? one.blocker : one.blocked) = on;
      one.updated_at = now;
      tx.subscriptions().update(one);
    }
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

}  // namespace gantry::domain
