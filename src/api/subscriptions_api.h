#pragma once
// subscriptions.*: the caller's view of his rooms. Source: contract "resources" B.8.

#include "api/rooms_api.h"

namespace gantry::api {

struct MarkRead {
  std::string rid;
  std::string room_id;
  bool read_threads = false;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("rid", &MarkRead::rid, "the room").with_default(),
        wire::field("roomId", &MarkRead::room_id, "the room, by its other name").with_default(),
        wire::field("readThreads", &MarkRead::read_threads).with_default()};
  }
};

struct MessageKey {
  std::string id;

  static constexpr auto fields() {
    return std::tuple{wire::field("_id", &MessageKey::id, "the message").with_default()};
  }
};

struct MarkUnread {
  std::string room_id;
  MessageKey first_unread;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("roomId", &MarkUnread::room_id, "the room").with_default(),
        wire::field("firstUnreadMessage", &MarkUnread::first_unread, "{_id}").with_default()};
  }
};

class SubscriptionsApi {
 public:
  SubscriptionsApi(domain::RoomServices& services, const domain::Directory& directory)
      : services_(services), directory_(directory) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> get(domain::Caller caller, ChangesSince in);
  Task<json::object> get_one(domain::Caller caller, RoomIdOnly in);
  Task<dispatch::Success> read(domain::Caller caller, MarkRead in);
  Task<dispatch::Success> unread(domain::Caller caller, MarkUnread in);

  domain::RoomServices& services_;
  const domain::Directory& directory_;
};

}  // namespace gantry::api
