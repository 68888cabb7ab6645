#include "integrations/delivery/reply_posting.h"

#include "base/derived_id.h"
#include "domain/error_codes.h"
#include "domain/posting.h"
#include "domain/posting_refusal.h"
#include "wire/message_json.h"
#include "wire/post_payload.h"

namespace gantry::integrations {
namespace {

constexpr std::string_view kRoomOfEvent = "the room of the event";
constexpr std::string_view kRoomOfMessage = "the room that the message names";

std::shared_ptr<const domain::User> sender_of(const ReplyPosting& posting) {
  if (posting.integration.impersonate_user.value_or(false)) {
    // The event's own sender, never what a remote reply says.
    const std::string_view name = text_of(posting.delivery.data.object(), "user_name");
    if (auto user = posting.directory.find_user_by_name(name)) return user;
  }
  return posting.directory.find_user_by_name(posting.integration.username);
}

// Who sent a message is part of the payload, which not all may see who see the error.
std::string_view words_for(const domain::User& sender, const ReplyPosting& posting) {
  return sender.id == posting.integration.user ? std::string_view(sender.username)
                                               : "the sender of the event";
}

struct ReplyRoom {
  domain::Room room;
  std::string words;  // for people: how it was named
};

// The room of `channel` or of the integration's target; else the room of the event.
Result<ReplyRoom> room_of(domain::Tx& tx, const ReplyPosting& posting, const domain::User& sender,
                          const json::object& payload) {
  const std::string_view named = text_of(payload, "channel");
  const std::string wanted(named.empty() ? posting.integration.target_room.value_or("")
                                         : std::string(named));
  if (!wanted.empty()) {
    // The same goes for what an answer says.
    std::string words(named.empty() ? wanted : kRoomOfMessage);
    auto room = domain::resolve_target(tx, posting.directory, sender, wanted, posting.now);
    if (room) return ReplyRoom{*std::move(room), std::move(words)};
    if (posting.delivery.room.empty()) {
      return domain::explained(room.error(), words_for(sender, posting), words);
    }
  }
  auto room = tx.rooms().find(posting.delivery.room);
  if (!room) {
    return domain::explained(ErrorCode::InvalidChannelTarget, words_for(sender, posting),
                             kRoomOfEvent);
  }
  return ReplyRoom{*std::move(room), std::string(kRoomOfEvent)};
}

}  // namespace

Result<json::array> post_reply(domain::Tx& tx, const ReplyPosting& posting,
                               const json::object& payload) {
  const auto sender = sender_of(posting);
  if (!sender) return failure("there is no account to post as");
  TRY(const ReplyRoom target, room_of(tx, posting, *sender, payload));
  const domain::Room& room = target.room;
  const auto fits = domain::check_may_post(tx, posting.directory, *sender, room);
  if (!fits) return domain::explained(fits.error(), words_for(*sender, posting), target.words);

  const domain::PostDefaults defaults{posting.integration.alias.value_or(""),
                                      posting.integration.avatar.value_or(""),
                                      posting.integration.emoji.value_or(""),
                                      {}};
  domain::MessageDraft draft = wire::read_post_payload(payload, defaults).draft;
  draft.posted_by = posting.integration.id;
  draft.hook_depth = posting.delivery.hook_depth + 1;
  draft.id =
      domain::MessageId{derived_id_beside(posting.delivery.id.text, "reply " + posting.place)};
  // Posted by an earlier run of this attempt that a crash cut short.
  if (auto before = tx.messages().find(draft.id)) {
    return json::array{
        json::object{{"channel", room.id.text}, {"message", wire::to_json(*before)}}};
  }
  const auto message =
      domain::post_in(tx, posting.directory, *sender, room, std::move(draft), posting.now);
  if (!message)
    return domain::explained(message.error(), words_for(*sender, posting), target.words);
  return json::array{json::object{{"channel", room.id.text}, {"message", wire::to_json(*message)}}};
}

}  // namespace gantry::integrations
