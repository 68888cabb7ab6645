#pragma once
// *.history, *.messages and *.files of channels, groups and direct rooms, written once. Source:
// contract "resources" B.3 to B.5.

#include "api/list_parameters.h"
#include "api/room_parameters.h"
#include "dispatch/routes.h"
#include "domain/history_service.h"
#include "domain/room_service.h"

namespace gantry::api {

// Direct rooms are also named by the other account.
struct HistoryRoom : RoomKey {
  std::string username;

  static constexpr auto fields() {
    return std::tuple_cat(RoomKey::fields(),
                          std::tuple{wire::field("username", &HistoryRoom::username,
                                                 "direct rooms: the other account")
                                         .with_default()});
  }
};

struct ReadHistory : HistoryRoom {
  json::value offset;
  json::value count;
  std::string latest;
  std::string oldest;
  std::string inclusive;
  std::string unreads;
  std::string show_threads;

  static constexpr auto fields() {
    using wire::field;
    return std::tuple_cat(
        HistoryRoom::fields(),
        std::tuple{
            field("offset", &ReadHistory::offset, "how many to skip").with_default(),
            field("count", &ReadHistory::count, "20 when not given; 0 asks for all").with_default(),
            field("latest", &ReadHistory::latest, "date: the end").with_default(),
            field("oldest", &ReadHistory::oldest, "date: the beginning").with_default(),
            field("inclusive", &ReadHistory::inclusive, "true: with the dates themselves")
                .with_default(),
            field("unreads", &ReadHistory::unreads, "true: tells what was not loaded")
                .with_default(),
            field("showThreadMessages", &ReadHistory::show_threads,
                  "whether replies that stay in their thread are listed")
                .with_default()});
  }
};

struct ListMessages : HistoryRoom, ListParameters {
  std::string mention_ids;
  std::string starred_ids;
  std::string pinned;

  static constexpr auto fields() {
    return std::tuple_cat(
        HistoryRoom::fields(), ListParameters::fields(),
        std::tuple{wire::field("mentionIds", &ListMessages::mention_ids,
                               "comma separated: mentions one of these accounts")
                       .with_default(),
                   wire::field("starredIds", &ListMessages::starred_ids).with_default(),
                   wire::field("pinned", &ListMessages::pinned).with_default()});
  }
};

struct ListFiles : HistoryRoom, ListParameters {
  std::string name;
  std::string type_group;
  std::string only_confirmed;

  static constexpr auto fields() {
    return std::tuple_cat(
        HistoryRoom::fields(), ListParameters::fields(),
        std::tuple{
            wire::field("name", &ListFiles::name, "part of the name").with_default(),
            wire::field("typeGroup", &ListFiles::type_group, "image, audio, ...").with_default(),
            wire::field("onlyConfirmed", &ListFiles::only_confirmed).with_default()});
  }
};

class HistoryApi {
 public:
  HistoryApi(domain::RoomType type, domain::HistoryService& history, domain::RoomService& rooms,
             const domain::Directory& directory, const ListReader& lists)
      : type_(type), history_(history), rooms_(rooms), directory_(directory), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> read(domain::Caller caller, ReadHistory in);
  Task<json::object> list_messages(domain::Caller caller, ListMessages in);
  Task<json::object> list_files(domain::Caller caller, ListFiles in);

  // Errors: those of the family for nothing given and nothing found.
  Task<RoomPtr> find(domain::Caller caller, HistoryRoom key) const;
  Task<RoomPtr> find_direct(domain::Caller caller, HistoryRoom key) const;
  // When the order is that of the messages, the store cuts out the page.
  Task<ListedRows> select_messages(domain::Caller caller, RoomPtr room, const ListRequest& request,
                                   std::vector<std::string> mention_ids);

  const domain::RoomType type_;
  domain::HistoryService& history_;
  domain::RoomService& rooms_;
  const domain::Directory& directory_;
  const ListReader& lists_;
};

}  // namespace gantry::api
