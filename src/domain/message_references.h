#pragma once
// The accounts, rooms and links that a message's text refers to, as they are stored with it.

#include "domain/directory.h"
#include "domain/message.h"
#include "domain/message_draft.h"

namespace gantry::domain {

// Errors: ActionNotAllowed when the text calls @all or @here and the sender may not.
Result<void> check_group_mentions(const Directory& directory, const User& sender, const Room& room,
                                  std::string_view text);

// Sets mentions, channels and urls from the text. Private rooms are referred to only when the
// author is in them.
void set_references(const Directory& directory, Message& message,
                    const std::optional<std::vector<std::string>>& previewed_urls = {});

// Whom the message mentions: accounts by id, and whether all members are called.
struct Mentioned {
  std::vector<UserId> users;
  bool group = false;
};
Mentioned mentioned_in(const Message& message);

}  // namespace gantry::domain
