#include "api/history_api.h"

#include <algorithm>

#include "api/date_parameter.h"
#include "api/room_family_api.h"
#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "wire/message_json.h"

namespace gantry::api {
namespace {

using domain::RoomType;

constexpr std::int64_t kHistoryCount = 20;

struct Words {
  std::string path;
  std::string title;
};

std::vector<Words> names_of(RoomType type) {
  switch (type) {
    case RoomType::Channel:
      return {{"channels", "a channel"}};
    case RoomType::Group:
      return {{"groups", "a private group"}};
    case RoomType::Direct:
      return {{"im", "a direct room"}, {"dm", "a direct room"}};
  }
  return {};
}

Result<domain::MessageRange> read_range(const ReadHistory& in, RoomType type) {
  domain::MessageRange out;
  TRY(out.latest, read_date("latest", in.latest));
  TRY(out.oldest, read_date("oldest", in.oldest));
  out.inclusive = in.inclusive == "true";
  // Compat: channels leave such replies out unless they are asked for, the others show them unless
  // they are not wanted (tests/api/history_test.mjs).
  out.with_thread_replies =
      type == RoomType::Channel ? in.show_threads == "true" : in.show_threads != "false";
  return out;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (comma > 0) out.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return out;
}

bool mentions_one_of(const domain::Message& message, const std::vector<std::string>& ids) {
  return std::any_of(message.mentions.begin(), message.mentions.end(), [&](const auto& mention) {
    return std::find(ids.begin(), ids.end(), text_of(mention.as_object(), "_id")) != ids.end();
  });
}

std::vector<json::object> to_rows(const std::vector<domain::Message>& messages,
                                  const std::vector<std::string>& mention_ids) {
  std::vector<json::object> rows;
  rows.reserve(messages.size());
  for (const domain::Message& message : messages) {
    if (mention_ids.empty() || mentions_one_of(message, mention_ids)) {
      rows.push_back(wire::to_json(message));
    }
  }
  return rows;
}

bool fits(const ListFiles& in, const domain::Upload& upload) {
  const bool named =
      in.name.empty() ||
      domain::to_lower(upload.name).find(domain::to_lower(in.name)) != std::string::npos;
  const bool grouped =
      in.type_group.empty() || upload.type.substr(0, upload.type.find('/')) == in.type_group;
  return named && grouped && upload.confirmed;
}

}  // namespace

void HistoryApi::add_routes(dispatch::Routes& routes) {
  std::vector<domain::Permission> declared;
  if (type_ == RoomType::Channel) declared = {domain::Permission::ViewCRoom};
  for (const auto& [family, room] : names_of(type_)) {
    const std::string path = "/api/v1/" + family;
    routes.get(path + ".history", *this, &HistoryApi::read,
               {.summary = "Messages of " + room + " between two dates, newest first"});
    routes.get(path + ".messages", *this, &HistoryApi::list_messages,
               {.any_permission = declared, .summary = "List the messages of " + room});
    routes.get(path + ".files", *this, &HistoryApi::list_files,
               {.summary = "List the files of " + room});
  }
}

Task<json::object> HistoryApi::read(domain::Caller caller, ReadHistory in) {
  CO_TRY(RoomPtr room, co_await find(caller, static_cast<const HistoryRoom&>(in)));
  CO_TRY(const domain::MessageRange range, read_range(in, type_));
  ListParameters list;
  list.offset = in.offset;
  list.count = in.count;
  const domain::Page page = lists_.read_page(list, kHistoryCount);
  const auto unread = in.unreads == "true" ? domain::TellUnread::Yes : domain::TellUnread::No;
  CO_TRY(const domain::History history,
         co_await history_.read(std::move(caller), std::move(room), range, page, unread));
  json::object out{{"messages", wire::to_json(history.messages)}};
  if (unread == domain::TellUnread::Yes) {
    if (history.first_unread) out["firstUnread"] = wire::to_json(*history.first_unread);
    out["unreadNotLoaded"] = history.unread_not_loaded;
  }
  co_return out;
}

Task<ListedRows> HistoryApi::select_messages(domain::Caller caller, RoomPtr room,
                                             const ListRequest& request,
                                             std::vector<std::string> mention_ids) {
  const bool by_time = request.sorts_only_by("ts") && mention_ids.empty();
  const bool rising =
      by_time && request.sort.keys().front().direction == wire::SortDirection::Rising;
  const domain::Page page =
      by_time ? request.page : domain::Page{0, std::max<std::int64_t>(request.scan_max, 0) + 1};
  CO_TRY(const domain::Listed<domain::Message> listed,
         co_await history_.list(
             std::move(caller), std::move(room), page,
             rising ? domain::MessageOrder::OldestFirst : domain::MessageOrder::NewestFirst));
  if (by_time) co_return ListedRows{to_rows(listed.items, {}), listed.total};
  if (listed.total > request.scan_max) co_return ErrorCode::QueryTooBroad;
  co_return select_page(to_rows(listed.items, mention_ids), request);
}

Task<json::object> HistoryApi::list_messages(domain::Caller caller, ListMessages in) {
  CO_TRY(RoomPtr room, co_await find(caller, static_cast<const HistoryRoom&>(in)));
  ListRules rules;
  rules.default_sort = R"({"ts":-1})";
  CO_TRY(const ListRequest request, lists_.read(in, rules));
  CO_TRY(ListedRows listed, co_await select_messages(std::move(caller), std::move(room), request,
                                                     split(in.mention_ids)));
  // Nothing is starred or pinned.
  if (!in.starred_ids.empty() || in.pinned == "true") listed = {};
  co_return to_list_reply("messages", std::move(listed), request);
}

Task<json::object> HistoryApi::list_files(domain::Caller caller, ListFiles in) {
  CO_TRY(RoomPtr room, co_await find(caller, static_cast<const HistoryRoom&>(in)));
  ListRules rules;
  rules.default_sort = R"({"name":1})";
  CO_TRY(const ListRequest request, lists_.read(in, rules));
  const domain::Page page{0, std::max<std::int64_t>(request.scan_max, 0) + 1};
  CO_TRY(const std::vector<domain::Upload> uploads,
         co_await history_.list_files(std::move(caller), std::move(room), page));
  if (static_cast<std::int64_t>(uploads.size()) > request.scan_max) {
    co_return ErrorCode::QueryTooBroad;
  }
  std::vector<json::object> rows;
  for (const domain::Upload& upload : uploads) {
    if (!fits(in, upload)) continue;
    const auto user = directory_.find_user(upload.user);
    const domain::UserRef uploader =
        user ? domain::UserRef{user->id, user->username, user->name} : domain::UserRef{};
    rows.push_back(wire::to_json(upload, user ? &uploader : nullptr));
  }
  CO_TRY(ListedRows listed, select_page(std::move(rows), request));
  co_return to_list_reply("files", std::move(listed), request);
}

Task<RoomPtr> HistoryApi::find(domain::Caller caller, HistoryRoom key) const {
  if (type_ == RoomType::Direct) co_return co_await find_direct(std::move(caller), std::move(key));
  const RoomFamily& family = type_ == RoomType::Channel ? kChannels : kGroups;
  if (domain::is_blank(key.room_id) && domain::is_blank(key.room_name)) {
    co_return Error(family.nothing_given);
  }
  RoomPtr room = domain::find_room(directory_, key.room_id, key.room_name);
  // Who may not see a private group does not learn that it is there.
  const bool hidden =
      room && type_ == RoomType::Group && !domain::can_access(directory_, *caller.user, *room);
  if (!room || room->type != type_ || hidden) {
    co_return Error(ErrorCode::RoomNotFound, std::string(family.not_found));
  }
  co_return room;
}

Task<RoomPtr> HistoryApi::find_direct(domain::Caller caller, HistoryRoom key) const {
  if (domain::is_blank(key.room_id) && domain::is_blank(key.username)) {
    co_return Error(ErrorCode::RoomParamNotProvided,
                    "Query param \"roomId\" or \"username\" is required");
  }
  domain::RoomId id{key.room_id};
  if (domain::is_blank(key.room_id)) {
    if (!directory_.find_user_by_name(key.username)) co_return ErrorCode::InvalidChannelTarget;
    domain::NewDirectRoom wanted;
    wanted.usernames = {key.username};
    CO_TRY(id, co_await rooms_.open_direct(std::move(caller), std::move(wanted)));
  }
  RoomPtr room = directory_.find_room(id);
  if (!room || room->type != RoomType::Direct) co_return ErrorCode::InvalidChannelTarget;
  co_return room;
}

}  // namespace gantry::api
