#include "domain/history_service.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/room_access.h"

namespace gantry::domain {
namespace {

std::vector<std::string> hidden_types_of(const Room& room) {
  std::vector<std::string> out;
  if (!room.system_messages.is_array()) return out;
  for (const json::value& type : room.system_messages.get_array()) {
    if (type.is_string()) out.emplace_back(type.get_string());
  }
  return out;
}

History read_in(const Tx& tx, const RoomId& room, MessageRange range, const Page& page,
                TellUnread unread) {
  History out;
  out.messages = tx.messages().list_range(room, range, page);
  if (unread == TellUnread::No || !range.oldest || out.messages.empty()) return out;
  range.latest = out.messages.back().sent_at;
  range.inclusive = false;
  out.unread_not_loaded = tx.messages().count_range(room, range);
  if (out.unread_not_loaded > 0) {
    auto first = tx.messages().list_range(room, range, {out.unread_not_loaded - 1, 1});
    out.first_unread = std::move(first.front());
  }
  return out;
}

// The same page counted from the other end.
Page mirrored(const Page& page, std::int64_t total) {
  const std::int64_t offset = std::min(page.offset, total);
  const std::int64_t count =
      page.count == 0 ? total - offset : std::min(page.count, total - offset);
  return {total - offset - count, count};
}

}  // namespace

Result<void> HistoryService::check_access(const Caller& caller, const Room& room) const {
  if (!can_access(context_.directory, *caller.user, room)) return ErrorCode::Refused;
  return Done{};
}

Task<History> HistoryService::read(Caller caller, std::shared_ptr<const Room> room,
                                   MessageRange range, Page page, TellUnread unread) {
  CO_TRY_DO(check_access(caller, *room));
  range.hidden_types = hidden_types_of(*room);
  const std::function<Result<History>(const Tx&)> work = [id = room->id, range, page,
                                                          unread](const Tx& tx) -> Result<History> {
    return read_in(tx, id, range, page, unread);
  };
  co_return co_await context_.store.read<History>(work);
}

Task<Listed<Message>> HistoryService::list(Caller caller, std::shared_ptr<const Room> room,
                                           Page page, MessageOrder order) {
  CO_TRY_DO(check_access(caller, *room));
  using List = Listed<Message>;
  const std::function<Result<List>(const Tx&)> work = [id = room->id, page,
                                                       order](const Tx& tx) -> Result<List> {
    if (order == MessageOrder::NewestFirst) return tx.messages().list_of_room(id, page);
    const Page other = mirrored(page, tx.messages().count_range(id, {}));
    if (other.count == 0) return List{{}, tx.messages().count_range(id, {})};
    List out = tx.messages().list_of_room(id, other);
    std::reverse(out.items.begin(), out.items.end());
    return out;
  };
  co_return co_await context_.store.read<List>(work);
}

Task<std::vector<Upload>> HistoryService::list_files(Caller caller,
                                                     std::shared_ptr<const Room> room, Page page) {
  CO_TRY_DO(check_access(caller, *room));
  using List = std::vector<Upload>;
  const std::function<Result<List>(const Tx&)> work = [id = room->id,
                                                       page](const Tx& tx) -> Result<List> {
    return tx.uploads().list_of_room(id, page);
  };
  co_return co_await context_.store.read<List>(work);
}

}  // namespace gantry::domain
