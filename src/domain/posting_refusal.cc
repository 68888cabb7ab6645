#include "domain/posting_refusal.h"

#include <fmt/format.h>

#include "domain/error_codes.h"

namespace gantry::domain {

std::optional<PostingRefusal> describe_refusal(ErrorCode error, std::string_view sender,
                                               std::string_view room) {
  switch (error) {
    case ErrorCode::NotAllowedInRoom:
      return PostingRefusal{
          "not-a-member",
          fmt::format("{} is not a member of {} and may not enter it", sender, room)};
    case ErrorCode::RoomIsArchived:
      return PostingRefusal{"room-archived", fmt::format("{} is archived", room)};
    case ErrorCode::RoomIsBlocked:
      return PostingRefusal{
          "room-blocked",
          fmt::format("{} is blocked for {}, by one side or the other", room, sender)};
    case ErrorCode::RoomIsReadOnly:
      return PostingRefusal{
          "room-read-only",
          fmt::format("{} is read only, and {} has no right post-readonly there", room, sender)};
    case ErrorCode::MutedInRoom:
      return PostingRefusal{"muted", fmt::format("{} is muted in {}", sender, room)};
    case ErrorCode::CannotImpersonate:
      return PostingRefusal{
          "cannot-impersonate",
          fmt::format("{} has no right message-impersonate in {}, which alias and avatar need",
                      sender, room)};
    case ErrorCode::InvalidChannelTarget:
      return PostingRefusal{"room-not-found", fmt::format("{} is not there", room)};
    default:
      return std::nullopt;
  }
}

Error explained(Error error, std::string_view sender, std::string_view room) {
  if (const auto refusal = describe_refusal(error.code, sender, room)) {
    const std::string_view text = text_of(error);
    error.message =
        fmt::format("{}: {}", text.empty() ? info_of(error.code).code : text, refusal->message);
  }
  return error;
}

}  // namespace gantry::domain
