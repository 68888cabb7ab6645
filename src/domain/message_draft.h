#pragma once
// What a caller wants to post, before it is known whether and where it may be posted. Made from the
// protocol's forms by wire; posting.h turns it into a Message.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "domain/ids.h"

namespace gantry::domain {

struct MessageDraft {
  MessageId id;  // chosen by the client; empty: a new one
  std::string text;
  std::string alias;
  std::string avatar;
  std::string emoji;  // dropped when there is an avatar
  std::optional<json::array> attachments;
  std::size_t attachment_text_length = 0;  // of the longest text in them, in characters
  // The first thing in alias, avatar, attachments and the like that the protocol refuses. It is
  // told after the faults of room, size and rights.
  std::optional<Error> fault;
  std::optional<bool> parse_urls;
  std::optional<bool> groupable;
  IntegrationId posted_by;
  json::value bot;
  MessageId thread;
  std::optional<bool> thread_shown;
  // Links that are to be previewed; when given, the other links of the text are only linked.
  std::optional<std::vector<std::string>> previewed_urls;
  json::object custom_fields;
  json::value blocks;
  json::value file;
  json::array files;
  int hook_depth = 0;
};

// What an integration or a route adds to messages that do not say it themselves.
struct PostDefaults {
  std::string alias;
  std::string avatar;
  std::string emoji;
  std::vector<std::string> channels;
};

}  // namespace gantry::domain
