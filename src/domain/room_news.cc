#include "domain/room_news.h"

namespace gantry::domain {

bool has_news(const Tx& tx, const Subscription& subscription, const RoomActivity& activity,
              Time since) {
  if (!activity.last_message_at || *activity.last_message_at < since) return false;
  const auto newest = tx.messages().find(activity.last_message);
  return newest && newest->author.id != subscription.user;
}

bool is_open(const Tx& tx, const Subscription& subscription, const Room& room) {
  if (subscription.open || room.type != RoomType::Direct) return subscription.open;
  return has_news(tx, subscription, tx.rooms().activity_of(room.id), subscription.updated_at);
}

}  // namespace gantry::domain
