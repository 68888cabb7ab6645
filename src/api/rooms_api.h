#pragma once
// rooms.*: operations that take rooms of every type. Source: contract "resources" B.6.

#include "api/channels_api.h"
#include "api/room_parameters.h"
#include "dispatch/routes.h"
#include "domain/room_services.h"

namespace gantry::api {

struct ChangesSince {
  std::string updated_since;

  static constexpr auto fields() {
    return std::tuple{wire::field("updatedSince", &ChangesSince::updated_since,
                                  "only what changed after this date")
                          .with_default()};
  }
};

struct RoomInfo : RoomKey {
  std::string projection;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("fields", &RoomInfo::projection,
                               "JSON: attributes with 1 or 0; mostly switched off")
                       .with_default()});
  }
};

struct RoomName {
  std::string room_name;

  static constexpr auto fields() {
    return std::tuple{wire::field("roomName", &RoomName::room_name, "the name in question")};
  }
};

struct RoomIdOnly {
  domain::RoomId room_id;

  static constexpr auto fields() {
    return std::tuple{wire::field("roomId", &RoomIdOnly::room_id, "the room")};
  }
};

struct RidOnly {
  domain::RoomId room_id;

  static constexpr auto fields() {
    return std::tuple{wire::field("rid", &RidOnly::room_id, "the room")};
  }
};

struct MarkFavorite : RoomKey {
  std::optional<bool> favorite;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("favorite", &MarkFavorite::favorite, "false takes it back")});
  }
};

struct SaveNotification {
  std::string room_id;
  json::value notifications;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("roomId", &SaveNotification::room_id, "the room").with_default(),
        wire::field("notifications", &SaveNotification::notifications, "choices, as texts")
            .with_default()};
  }
};

struct IsMember : UserKey {
  domain::RoomId room_id;

  static constexpr auto fields() {
    return std::tuple_cat(std::tuple{wire::field("roomId", &IsMember::room_id, "the room")},
                          UserKey::fields());
  }
};

struct ChangeArchivation {
  domain::RoomId room_id;
  std::string action;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("rid", &ChangeArchivation::room_id, "the room"),
        wire::field("action", &ChangeArchivation::action, "archive, or anything else to undo it")
            .with_default()};
  }
};

struct SaveRoomSettings {
  domain::RoomId room_id;
  std::optional<std::string> name;
  std::optional<std::string> topic;
  std::optional<std::string> description;
  std::optional<std::string> announcement;
  json::value custom_fields;
  std::optional<std::string> type;
  std::optional<bool> read_only;
  std::optional<bool> react_when_read_only;
  json::value system_messages;
  std::optional<std::string> join_code;
  std::optional<bool> is_default;
  std::optional<bool> encrypted;

  static constexpr auto fields() {
    using S = SaveRoomSettings;
    return std::tuple{
        wire::field("rid", &S::room_id, "the room"),
        wire::field("roomName", &S::name),
        wire::field("roomTopic", &S::topic),
        wire::field("roomDescription", &S::description),
        wire::field("roomAnnouncement", &S::announcement),
        wire::field("roomCustomFields", &S::custom_fields, "an object").with_default(),
        wire::field("roomType", &S::type).one_of({"c", "p"}),
        wire::field("readOnly", &S::read_only),
        wire::field("reactWhenReadOnly", &S::react_when_read_only),
        wire::field("systemMessages", &S::system_messages, "a boolean, or a list of hidden types")
            .with_default(),
        wire::field("joinCode", &S::join_code),
        wire::field("default", &S::is_default),
        wire::field("encrypted", &S::encrypted)};
  }
};

class RoomsApi {
 public:
  RoomsApi(domain::RoomServices& services, const domain::Directory& directory,
           const ListReader& lists)
      : services_(services), directory_(directory), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> get(domain::Caller caller, ChangesSince in);
  Task<json::object> info(domain::Caller caller, RoomInfo in);
  Result<json::object> name_exists(domain::Caller caller, RoomName in);
  Result<json::object> is_member(domain::Caller caller, IsMember in);
  Result<json::object> roles(domain::Caller caller, RidOnly in);
  Task<dispatch::Success> favorite(domain::Caller caller, MarkFavorite in);
  Task<dispatch::Success> save_notification(domain::Caller caller, SaveNotification in);
  Task<json::object> join(domain::Caller caller, JoinRoom in);
  Task<dispatch::Success> leave(domain::Caller caller, RoomKey in);
  Task<dispatch::Success> open(domain::Caller caller, RoomIdOnly in);
  Task<dispatch::Success> remove(domain::Caller caller, RoomIdOnly in);
  Task<dispatch::Success> change_archivation(domain::Caller caller, ChangeArchivation in);
  Task<json::object> save_settings(domain::Caller caller, SaveRoomSettings in);

  domain::RoomServices& services_;
  const domain::Directory& directory_;
  const ListReader& lists_;
};

}  // namespace gantry::api
