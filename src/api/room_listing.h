#pragma once
// Pages of rooms: what changes with every message is read from storage for the shown page only,
// unless the caller's sort or query looks at it.

#include "api/list_parameters.h"
#include "api/room_parameters.h"
#include "domain/room_reader.h"

namespace gantry::api {

// Never selected and never queried.
inline constexpr std::string_view kHiddenRoomFields[] = {"joinCode", "members", "importIds", "e2e"};
inline constexpr std::string_view kSortByName = R"({"name":1})";

class RoomListing {
 public:
  RoomListing(const domain::RoomReader& reader, const domain::Directory& directory)
      : reader_(reader), directory_(directory) {}

  // {<key>: [...], count, offset, total}. Errors: InvalidQuery, QueryTooBroad.
  Task<json::object> reply(std::string key, std::vector<RoomPtr> rooms, ListRequest request) const;

 private:
  Task<std::vector<json::object>> rows_of(std::vector<RoomPtr> rooms) const;

  const domain::RoomReader& reader_;
  const domain::Directory& directory_;
};

// The rooms of one type that the account is a member of.
std::vector<RoomPtr> joined_rooms(const domain::Directory& directory, const domain::User& user,
                                  domain::RoomType type);
std::vector<RoomPtr> rooms_of_type(const domain::Directory& directory, domain::RoomType type);

}  // namespace gantry::api
