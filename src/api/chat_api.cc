#include "api/chat_api.h"

#include "domain/error_codes.h"
#include "wire/message_json.h"
#include "wire/post_payload.h"

namespace gantry::api {
namespace {

// chat.sendMessage has a limit of its own beside those of the workspace.
constexpr dispatch::RateLimit kSendLimit{5, Milliseconds{1000}};
constexpr Milliseconds kClockDriftMax{60'000};

// What a client says of the time, as ISO-8601, epoch milliseconds or {"$date": ...}.
std::optional<Time> find_time(const json::object& message) {
  const json::value* sent = find_member(message, "ts");
  if (sent == nullptr) return std::nullopt;
  if (const json::object* date = sent->if_object()) sent = find_member(*date, "$date");
  if (sent == nullptr) return std::nullopt;
  if (sent->is_int64()) return from_epoch_ms(sent->get_int64());
  return sent->is_string() ? from_iso(sent->get_string()) : std::nullopt;
}

Result<void> check_message_object(const json::object& message, Time now) {
  const json::value* room = find_member(message, "rid");
  if (room == nullptr || !room->is_string() || room->get_string().empty()) {
    return failure("The 'rid' property on the message object is missing.");
  }
  if (const json::value* type = find_member(message, "t"); type != nullptr && is_truthy(*type)) {
    return failure("Cannot send system messages using 'chat.sendMessage'");
  }
  const json::value* shown = find_member(message, "tshow");
  if (shown != nullptr && is_truthy(*shown) && text_of(message, "tmid").empty()) {
    return Error(ErrorCode::InvalidParams, "tshow provided but missing tmid");
  }
  const auto sent_at = find_time(message);
  if (sent_at && std::chrono::abs(now - *sent_at) > kClockDriftMax) {
    return ErrorCode::MessageOutOfSync;
  }
  return Done{};
}

}  // namespace

void ChatApi::add_routes(dispatch::Routes& routes) {
  routes.post("/api/v1/chat.postMessage", *this, &ChatApi::post,
              {.summary = "Post a message to one or more rooms or people"});
  routes.post("/api/v1/chat.sendMessage", *this, &ChatApi::send,
              {.own_limit = kSendLimit,
               .limit_lifted_by = domain::Permission::SendManyMessages,
               .summary = "Send a message object into a room"});
  routes.post("/api/v1/chat.update", *this, &ChatApi::update,
              {.summary = "Change the text of a message"});
  routes.post("/api/v1/chat.delete", *this, &ChatApi::remove, {.summary = "Remove a message"});
  routes.get("/api/v1/chat.getMessage", *this, &ChatApi::get,
             {.validation = dispatch::Validation::Newer, .summary = "One message"});
}

Task<json::object> ChatApi::post(domain::Caller caller, PostMessage in) {
  if (!in.channel && !in.room_id) {
    co_return Error(ErrorCode::InvalidParams,
                    "must have required property 'roomId'\n must have required property "
                    "'channel'\n must match exactly one schema in oneOf");
  }
  wire::PostPayload payload = wire::read_post_payload(wire::to_json(in));
  CO_TRY(const domain::PostedTarget posted,
         co_await messages_.post(std::move(caller), std::move(payload.draft),
                                 std::move(payload.targets)));
  co_return json::object{{"ts", to_epoch_ms(posted.message->sent_at)},
                         {"channel", posted.channel},
                         {"message", wire::to_posted_json(*posted.message)}};
}

Task<json::object> ChatApi::send(domain::Caller caller, SendMessage in) {
  CO_TRY_DO(check_message_object(in.message, clock_.now()));
  CO_TRY(domain::MessageDraft draft, wire::read_message_object(in.message, &in.previewed_urls));
  const domain::RoomId room{text_of(in.message, "rid")};
  CO_TRY(const domain::Message sent,
         co_await messages_.send(std::move(caller), room, std::move(draft)));
  co_return json::object{{"message", wire::to_json(sent)}};
}

Task<json::object> ChatApi::update(domain::Caller caller, UpdateMessage in) {
  CO_TRY(const domain::Message changed,
         co_await messages_.edit(std::move(caller),
                                 {std::move(in.room), std::move(in.message), std::move(in.text),
                                  std::move(in.previewed_urls), std::move(in.custom_fields)}));
  co_return json::object{{"message", wire::to_json(changed)}};
}

Task<json::object> ChatApi::remove(domain::Caller caller, DeleteMessage in) {
  if (!in.message && !in.file) {
    co_return Error(ErrorCode::InvalidParams, "must have required property 'msgId'");
  }
  domain::MessageRemoval removal;
  removal.room = std::move(in.room);
  removal.message = domain::MessageId{in.message.value_or("")};
  if (!in.message) removal.file = domain::UploadId{*in.file};
  if (in.as_user) removal.as = domain::RemoveAs::Author;
  CO_TRY(const domain::Message gone, co_await messages_.remove(std::move(caller), removal));
  co_return json::object{{"_id", gone.id.text},
                         {"ts", std::to_string(to_epoch_ms(clock_.now()))},
                         {"message", wire::to_removed_json(gone)}};
}

Task<json::object> ChatApi::get(domain::Caller caller, GetMessage in) {
  CO_TRY(const domain::Message message,
         co_await messages_.get(std::move(caller), std::move(in.message)));
  co_return json::object{{"message", wire::to_json(message)}};
}

}  // namespace gantry::api
