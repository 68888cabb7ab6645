#pragma once
// The JSON forms in which a worker asks for an HTTP request and gets its reply. What comes from a
// worker is checked here, field by field.

#include <optional>
#include <string>
#include <string_view>

#include "integrations/script/script_engine.h"

namespace gantry::integrations::script {

// Nothing when it is not such a request; integration and deadlines are left to the caller.
std::optional<HttpPowerRequest> to_http_power_request(std::string_view json_text);

std::string to_reply_json(const HttpPowerReply& reply, std::size_t body_bytes_max);
std::string to_error_json(std::string_view error);

// The text with every byte that is no part of a character replaced by U+FFFD.
std::string to_valid_utf8(std::string text);

}  // namespace gantry::integrations::script
