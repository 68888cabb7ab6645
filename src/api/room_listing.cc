#include "api/room_listing.h"

#include <algorithm>

#include "wire/room_json.h"

namespace gantry::api {
namespace {

// What storage knows and the directory does not.
constexpr std::string_view kActivityFields[] = {"msgs", "lm", "lastMessage", "_updatedAt"};

bool looks_at_activity(const ListRequest& request) {
  return std::any_of(std::begin(kActivityFields), std::end(kActivityFields),
                     [&](std::string_view field) { return request.looks_at(field); });
}

std::vector<RoomPtr> named_rooms_of(const domain::Directory& directory, json::array ids) {
  std::vector<RoomPtr> out;
  for (const json::value& id : ids) {
    if (RoomPtr room = directory.find_room(domain::RoomId{std::string_view(id.get_string())})) {
      out.push_back(std::move(room));
    }
  }
  return out;
}

}  // namespace

Task<std::vector<json::object>> RoomListing::rows_of(std::vector<RoomPtr> rooms) const {
  CO_TRY(const auto views, co_await reader_.load_all(std::move(rooms)));
  std::vector<json::object> rows;
  rows.reserve(views.size());
  for (const domain::RoomView& view : views) rows.push_back(wire::to_json(view, directory_));
  co_return rows;
}

Task<json::object> RoomListing::reply(std::string key, std::vector<RoomPtr> rooms,
                                      ListRequest request) const {
  ListedRows listed;
  if (request.sorts_only_by("name")) {
    const bool falls = request.sort.keys().front().direction == wire::SortDirection::Falling;
    std::sort(rooms.begin(), rooms.end(), [falls](const RoomPtr& a, const RoomPtr& b) {
      return falls ? b->name < a->name : a->name < b->name;
    });
    listed.total = static_cast<std::int64_t>(rooms.size());
    CO_TRY(listed.rows, co_await rows_of(cut_page(rooms, request.page)));
  } else if (looks_at_activity(request)) {
    CO_TRY(auto rows, co_await rows_of(std::move(rooms)));
    CO_TRY(listed, select_page(std::move(rows), request));
  } else {
    std::vector<json::object> rows;
    for (const RoomPtr& room : rooms) rows.push_back(wire::to_json(*room, directory_));
    CO_TRY(listed, select_page(std::move(rows), request));
    json::array ids;
    for (const json::object& row : listed.rows) ids.push_back(row.at("_id"));
    CO_TRY(listed.rows, co_await rows_of(named_rooms_of(directory_, std::move(ids))));
  }
  co_return to_list_reply(key, std::move(listed), request);
}

std::vector<RoomPtr> joined_rooms(const domain::Directory& directory, const domain::User& user,
                                  domain::RoomType type) {
  std::vector<RoomPtr> out;
  for (const domain::RoomId& id : directory.rooms_of(user.id)) {
    RoomPtr room = directory.find_room(id);
    if (room && room->type == type) out.push_back(std::move(room));
  }
  return out;
}

std::vector<RoomPtr> rooms_of_type(const domain::Directory& directory, domain::RoomType type) {
  std::vector<RoomPtr> out = directory.list_rooms();
  std::erase_if(out, [&](const RoomPtr& room) { return room->type != type; });
  return out;
}

}  // namespace gantry::api
