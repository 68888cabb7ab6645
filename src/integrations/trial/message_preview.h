#pragma once
// A message that a trial would post, and whether it could be.

#include "domain/posting.h"

namespace gantry::integrations {

// The parts of the draft that are set, under the names that messages have.
json::object draft_json(const domain::MessageDraft& draft);

// {channel, roomId or directWith, sender, message} or with `error` when it could not be posted.
json::object preview_message(const domain::Tx& tx, const domain::Directory& directory,
                             const domain::User& sender, std::string_view target,
                             const domain::MessageDraft& draft);

// The same for a room that is known.
json::object preview_in_room(const domain::Tx& tx, const domain::Directory& directory,
                             const domain::User& sender, const domain::Room& room,
                             const domain::MessageDraft& draft);

}  // namespace gantry::integrations
