#pragma once
// im.* and dm.*, the same operations under two names: direct rooms. Source: contract "resources"
// B.5.

#include "api/list_parameters.h"
#include "api/room_listing.h"
#include "dispatch/routes.h"
#include "domain/room_services.h"

namespace gantry::api {

struct DirectKey {
  std::string room_id;
  std::string username;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("roomId", &DirectKey::room_id, "the room's id, or else username")
            .with_default(),
        wire::field("username", &DirectKey::username, "the other side; the room is made if missing")
            .with_default()};
  }
};

struct CreateDirect {
  std::optional<std::string> username;
  std::optional<std::string> usernames;
  bool exclude_self = false;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("username", &CreateDirect::username, "the other side"),
        wire::field("usernames", &CreateDirect::usernames, "several, with commas"),
        wire::field("excludeSelf", &CreateDirect::exclude_self, "the caller is no member")
            .with_default()};
  }
};

struct CountDirect : DirectKey {
  std::string user_id;

  static constexpr auto fields() {
    return std::tuple_cat(
        DirectKey::fields(),
        std::tuple{wire::field("userId", &CountDirect::user_id, "another account").with_default()});
  }
};

struct ListDirectMembers : DirectKey, ListParameters {
  std::string filter;
  std::vector<std::string> status;

  static constexpr auto fields() {
    return std::tuple_cat(
        DirectKey::fields(), ListParameters::fields(),
        std::tuple{
            wire::field("filter", &ListDirectMembers::filter, "part of a name").with_default(),
            wire::field("status", &ListDirectMembers::status, "online, away, busy, offline")
                .with_default()});
  }
};

struct SetDirectTopic : DirectKey {
  json::value topic;

  static constexpr auto fields() {
    return std::tuple_cat(
        DirectKey::fields(),
        std::tuple{wire::field("topic", &SetDirectTopic::topic, "the new topic").with_default()});
  }
};

struct BlockUser {
  std::string room_id;
  bool block = false;

  static constexpr auto fields() {
    return std::tuple{wire::field("roomId", &BlockUser::room_id),
                      wire::field("block", &BlockUser::block, "false takes it back")};
  }
};

class ImApi {
 public:
  ImApi(domain::RoomServices& services, const domain::Directory& directory, const ListReader& lists)
      : services_(services),
        directory_(directory),
        lists_(lists),
        listing_(services.reader, directory) {}

  void add_routes(dispatch::Routes& routes);

 private:
  void add_routes_under(dispatch::Routes& routes, const std::string& prefix);

  Task<json::object> create(domain::Caller caller, CreateDirect in);
  Task<json::object> list(domain::Caller caller, ListParameters in);
  Task<json::object> list_everyone(domain::Caller caller, ListParameters in);
  Task<json::object> members(domain::Caller caller, ListDirectMembers in);
  Task<json::object> counters(domain::Caller caller, CountDirect in);
  Task<dispatch::Success> open(domain::Caller caller, DirectKey in);
  Task<dispatch::Success> close(domain::Caller caller, DirectKey in);
  Task<json::object> set_topic(domain::Caller caller, SetDirectTopic in);
  Task<dispatch::Success> remove(domain::Caller caller, DirectKey in);
  Task<dispatch::Success> leave(domain::Caller caller, DirectKey in);
  Task<dispatch::Success> block_user(domain::Caller caller, BlockUser in);

  // A direct room, whoever its members are. A username makes the room when it is missing.
  // Errors: RoomParamNotProvided, InvalidChannelTarget.
  Task<RoomPtr> find(domain::Caller caller, DirectKey key);
  // Errors: also Refused when the caller is no member.
  Task<RoomPtr> find_own(domain::Caller caller, DirectKey key);

  domain::RoomServices& services_;
  const domain::Directory& directory_;
  const ListReader& lists_;
  const RoomListing listing_;
};

}  // namespace gantry::api
