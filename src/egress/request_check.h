#pragma once
// What a request must be before it is queued, so that nothing in it can write another request
// onto the wire. Pure functions.

#include <optional>
#include <string_view>

#include "egress/http_client.h"

namespace gantry::egress {

// The fault, or nothing. Normalises the common methods to upper case, as fetch does.
std::optional<HttpFailure> check_request(HttpRequest& request);

// Headers that say how the message is framed or what becomes of the connection.
bool is_framing_header(std::string_view name);

const std::string* find_header(const Headers& headers, std::string_view name);

}  // namespace gantry::egress
