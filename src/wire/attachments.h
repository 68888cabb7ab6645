#pragma once
// Attachments as clients and hooks send them: which members must be texts, links, lists and so on,
// and what is changed before they are stored. Unknown members are kept. Source: contract
// "resources" A.5 and "integrations" 8.

#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace gantry::wire {

struct Attachments {
  json::array list;
  std::size_t text_length = 0;  // of the longest text, in characters
  std::optional<Error> fault;   // the first
};

// `msg` becomes `text`, empty links and null members are dropped.
// Faults: InvalidAttachmentField, InvalidAttachmentLink, Failure with "Match error: ...".
Attachments read_attachments(json::array sent);

// http, https and data links, and the paths of uploaded files.
bool is_allowed_link(std::string_view link);
// Also any other path of this server.
bool is_allowed_avatar(std::string_view link);

// "Match error: Expected string, got number in field alias"
Error match_error(std::string_view wanted, const json::value& got, std::string_view field);

// As JavaScript's String.prototype.trim, which knows the spaces of Unicode.
std::string_view trim_spaces(std::string_view text);

}  // namespace gantry::wire
