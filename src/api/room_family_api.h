#pragma once
// What channels.* and groups.* have in common, written once: a family is a row of words, and the
// two differ in little else. Source: contract "resources" B.3 and B.4.

#include "api/list_parameters.h"
#include "api/room_listing.h"
#include "api/room_parameters.h"
#include "dispatch/routes.h"
#include "domain/room_services.h"

namespace gantry::api {

struct RoomFamily {
  domain::RoomType type;
  std::string_view prefix;     // of the routes
  std::string_view key;        // of the room in replies
  std::string_view list_key;   // of lists
  std::string_view noun;       // in messages
  std::string_view parameter;  // what a parameter of `create` is called in messages
  std::string_view open_to;    // "already open to the sender"
  std::string_view not_found;
  std::string_view not_there;  // of `online`
  ErrorCode nothing_given;
  ErrorCode nobody_invited;
};

extern const RoomFamily kChannels;
extern const RoomFamily kGroups;

struct CreateRoom {
  json::value name;
  json::value members;
  json::value custom_fields;
  json::value extra_data;
  bool read_only = false;
  bool exclude_self = false;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("name", &CreateRoom::name, "the new room's name").with_default(),
        wire::field("members", &CreateRoom::members, "usernames").with_default(),
        wire::field("customFields", &CreateRoom::custom_fields, "an object").with_default(),
        wire::field("extraData", &CreateRoom::extra_data, "{topic, broadcast, encrypted}")
            .with_default(),
        wire::field("readOnly", &CreateRoom::read_only, "only some may write").with_default(),
        wire::field("excludeSelf", &CreateRoom::exclude_self, "the caller does not join")
            .with_default()};
  }
};

struct ListRoomMembers : RoomKey, ListParameters {
  std::string filter;
  std::vector<std::string> status;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(), ListParameters::fields(),
        std::tuple{wire::field("filter", &ListRoomMembers::filter, "part of a name").with_default(),
                   wire::field("status", &ListRoomMembers::status, "online, away, busy, offline")
                       .with_default()});
  }
};

struct FindOnline {
  std::string id;
  std::string query;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("_id", &FindOnline::id, "the room's id").with_default(),
        wire::field("query", &FindOnline::query, R"(JSON: {"_id": ...})").with_default()};
  }
};

struct CountRoom : RoomKey {
  std::string user_id;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{wire::field("userId", &CountRoom::user_id, "another account").with_default()});
  }
};

struct InviteToRoom : RoomAndUser {
  std::vector<std::string> user_ids;
  std::vector<std::string> usernames;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomAndUser::fields(),
        std::tuple{wire::field("userIds", &InviteToRoom::user_ids, "several ids").with_default(),
                   wire::field("usernames", &InviteToRoom::usernames, "several usernames")
                       .with_default()});
  }
};

struct AddAllToRoom : RoomKey {
  bool active_users_only = false;

  static constexpr auto fields() {
    return std::tuple_cat(
        RoomKey::fields(),
        std::tuple{
            wire::field("activeUsersOnly", &AddAllToRoom::active_users_only).with_default()});
  }
};

class RoomFamilyApi {
 public:
  RoomFamilyApi(const RoomFamily& family, domain::RoomServices& services,
                const domain::Directory& directory, const ListReader& lists)
      : family_(family),
        services_(services),
        directory_(directory),
        lists_(lists),
        listing_(services.reader, directory) {}

  void add_routes(dispatch::Routes& routes);

 protected:
  enum class Archived { Refused, Allowed };
  enum class Access { Needed, NotAsked };  // of private groups; channels check where they need to

  // Errors: nothing_given, RoomNotFound, RoomArchived.
  Result<RoomPtr> find(const domain::Caller& caller, const RoomKey& key, Archived archived,
                       Access access = Access::Needed) const;
  // {<key>: room} as it is now.
  Task<json::object> reply(domain::RoomId id) const;
  std::string path(std::string_view action) const;
  std::string in_words(std::string_view rest, const domain::Room& room) const;
  Result<void> check_access(const domain::Caller& caller, const domain::Room& room) const;

  const RoomFamily& family_;
  domain::RoomServices& services_;
  const domain::Directory& directory_;
  const ListReader& lists_;
  const RoomListing listing_;

 private:
  void add_member_routes(dispatch::Routes& routes);
  void add_setting_routes(dispatch::Routes& routes);

  Task<json::object> create(domain::Caller caller, CreateRoom in);
  Task<json::object> info(domain::Caller caller, RoomKey in);
  Task<json::object> counters(domain::Caller caller, CountRoom in);
  Task<dispatch::Success> archive(domain::Caller caller, RoomKey in);
  Task<dispatch::Success> unarchive(domain::Caller caller, RoomKey in);
  Task<dispatch::Success> remove(domain::Caller caller, RoomKey in);
  Task<dispatch::Success> open(domain::Caller caller, RoomKey in);
  Task<dispatch::Success> close(domain::Caller caller, RoomKey in);

  Result<json::object> members(domain::Caller caller, ListRoomMembers in);
  Result<json::object> online(domain::Caller caller, FindOnline in);
  Result<json::object> roles(domain::Caller caller, RoomKey in);
  Result<json::object> moderators(domain::Caller caller, RoomKey in);
  Task<json::object> invite(domain::Caller caller, InviteToRoom in);
  Task<json::object> kick(domain::Caller caller, RoomAndUser in);
  Task<json::object> leave(domain::Caller caller, RoomKey in);
  Task<json::object> add_all(domain::Caller caller, AddAllToRoom in);
  template <domain::RoomRole role>
  Task<dispatch::Success> add_role(domain::Caller caller, RoomAndUser in);
  template <domain::RoomRole role>
  Task<dispatch::Success> remove_role(domain::Caller caller, RoomAndUser in);

  template <class Text>
  Task<json::object> set_text(domain::Caller caller, Text in);
  template <class Change>
  Task<json::object> set(domain::Caller caller, Change in);
};

}  // namespace gantry::api
