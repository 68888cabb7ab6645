#include "api/subscriptions_api.h"

#include "domain/error_codes.h"
#include "wire/subscription_json.h"

namespace gantry::api {

using dispatch::Success;
using domain::Caller;

void SubscriptionsApi::add_routes(dispatch::Routes& routes) {
  routes.get("/api/v1/subscriptions.get", *this, &SubscriptionsApi::get,
             {.summary = "The caller's subscriptions, or those that changed"});
  routes.get("/api/v1/subscriptions.getOne", *this, &SubscriptionsApi::get_one,
             {.summary = "The caller's subscription of one room"});
  routes.post("/api/v1/subscriptions.read", *this, &SubscriptionsApi::read,
              {.summary = "Mark a room as read"});
  routes.post("/api/v1/subscriptions.unread", *this, &SubscriptionsApi::unread,
              {.summary = "Mark a room as unread from a message on"});
}

Task<json::object> SubscriptionsApi::get(Caller caller, ChangesSince in) {
  std::optional<Time> since;
  if (!in.updated_since.empty()) {
    since = from_iso(in.updated_since);
    if (!since) {
      co_return Error(ErrorCode::InvalidDate,
                      "The \"lastUpdate\" query parameter must be a valid date.");
    }
  }
  CO_TRY(const auto views, co_await services_.reader.list_subscriptions(caller.id()));
  json::array update;
  for (const domain::SubscriptionView& view : views) {
    if (since && view.changed_at <= *since) continue;
    update.push_back(wire::to_json(view, directory_));
  }
  co_return json::object{{"update", std::move(update)}, {"remove", json::array{}}};
}

Task<json::object> SubscriptionsApi::get_one(Caller caller, RoomIdOnly in) {
  CO_TRY(const auto view,
         co_await services_.reader.find_subscription(caller.id(), std::move(in.room_id)));
  json::value shown = view ? json::value(wire::to_json(*view, directory_)) : json::value(nullptr);
  co_return json::object{{"subscription", std::move(shown)}};
}

Task<Success> SubscriptionsApi::read(Caller caller, MarkRead in) {
  const std::string& id = in.rid.empty() ? in.room_id : in.rid;
  if (id.empty()) {
    co_return Error(ErrorCode::InvalidParams,
                    "must have required property 'rid'\n must have required property 'roomId'\n "
                    "must match a schema in anyOf");
  }
  CO_TRY_DO(co_await services_.subscriptions.mark_read(std::move(caller), domain::RoomId{id}));
  co_return Success{};
}

Task<Success> SubscriptionsApi::unread(Caller caller, MarkUnread in) {
  if (!in.first_unread.id.empty()) {
    CO_TRY_DO(co_await services_.subscriptions.mark_unread_from(
        std::move(caller), domain::MessageId{in.first_unread.id}));
    co_return Success{};
  }
  if (in.room_id.empty()) {
    co_return Error(ErrorCode::InvalidParams,
                    "must have required property 'roomId'\n must have required property "
                    "'firstUnreadMessage'\n must match a schema in anyOf");
  }
  CO_TRY_DO(co_await services_.subscriptions.mark_room_unread(std::move(caller),
                                                              domain::RoomId{in.room_id}));
  co_return Success{};
}

}  // namespace gantry::api
