#pragma once
// chat.*: posting, sending, changing, removing and getting messages. Source: contract "resources"
// B.7.

#include "dispatch/routes.h"
#include "domain/message_service.h"

namespace gantry::api {

// The same body as incoming webhooks take; wire/post_payload.h says what becomes of it.
struct PostMessage {
  using Open = std::optional<json::value>;

  Open channel, room_id, text, msg, alias, username, emoji, avatar, icon_emoji, icon_url;
  Open attachments, parse_urls, groupable, thread, custom_fields, bot;

  static constexpr auto fields() {
    using wire::field;
    return std::tuple{
        field("channel", &PostMessage::channel,
              "#name, @user, an id or a name, or a list of them; or else roomId"),
        field("roomId", &PostMessage::room_id, "a room's id, or a list of them"),
        field("text", &PostMessage::text),
        field("msg", &PostMessage::msg, "as text"),
        field("alias", &PostMessage::alias, "shown instead of the name; needs message-impersonate"),
        field("username", &PostMessage::username, "as alias"),
        field("emoji", &PostMessage::emoji, "shown instead of the picture"),
        field("avatar", &PostMessage::avatar, "link to a picture; needs message-impersonate"),
        field("icon_emoji", &PostMessage::icon_emoji, "as emoji"),
        field("icon_url", &PostMessage::icon_url, "as avatar"),
        field("attachments", &PostMessage::attachments, "a list of attachments"),
        field("parseUrls", &PostMessage::parse_urls, "whether links are looked for in the text"),
        field("groupable", &PostMessage::groupable),
        field("tmid", &PostMessage::thread, "the message that it answers"),
        field("customFields", &PostMessage::custom_fields),
        field("bot", &PostMessage::bot)};
  }
};

struct SendMessage {
  json::object message;
  json::value previewed_urls;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("message", &SendMessage::message,
                    "rid, and msg, _id, tmid, tshow, alias, emoji, avatar, attachments, ..."),
        wire::field("previewUrls", &SendMessage::previewed_urls, "links that get a preview")
            .with_default()};
  }
};

struct UpdateMessage {
  domain::RoomId room;
  domain::MessageId message;
  std::string text;
  std::optional<std::vector<std::string>> previewed_urls;
  std::optional<json::object> custom_fields;

  static constexpr auto fields() {
    return std::tuple{wire::field("roomId", &UpdateMessage::room),
                      wire::field("msgId", &UpdateMessage::message),
                      wire::field("text", &UpdateMessage::text),
                      wire::field("previewUrls", &UpdateMessage::previewed_urls),
                      wire::field("customFields", &UpdateMessage::custom_fields)};
  }
};

struct DeleteMessage {
  domain::RoomId room;
  std::optional<std::string> message;
  std::optional<std::string> file;
  bool as_user = false;

  static constexpr auto fields() {
    return std::tuple{
        wire::field("roomId", &DeleteMessage::room),
        wire::field("msgId", &DeleteMessage::message, "or else fileId"),
        wire::field("fileId", &DeleteMessage::file, "removes the message that shows this file"),
        wire::field("asUser", &DeleteMessage::as_user, "as if the author did it").with_default()};
  }
};

struct GetMessage {
  domain::MessageId message;

  static constexpr auto fields() { return std::tuple{wire::field("msgId", &GetMessage::message)}; }
};

class ChatApi {
 public:
  ChatApi(domain::MessageService& messages, const Clock& clock)
      : messages_(messages), clock_(clock) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> post(domain::Caller caller, PostMessage in);
  Task<json::object> send(domain::Caller caller, SendMessage in);
  Task<json::object> update(domain::Caller caller, UpdateMessage in);
  Task<json::object> remove(domain::Caller caller, DeleteMessage in);
  Task<json::object> get(domain::Caller caller, GetMessage in);

  domain::MessageService& messages_;
  const Clock& clock_;
};

}  // namespace gantry::api
