#pragma once
// The request target: from what the client wrote to path and query below ROOT_URL's prefix.

#include <string>
#include <string_view>

namespace gantry::http {

enum class TargetKind {
  Inside,     // target and path_size are set
  Outside,    // well formed, but not below the prefix
  Malformed,  // neither "/path", "http://host/path" nor "*"
};

// Reads `raw` below `prefix` ("" or "/chat", without a trailing slash). The outcome begins with a
// slash, except "*".
TargetKind read_target(std::string_view raw, std::string_view prefix, std::string& target,
                       std::size_t& path_size);

// The prefix in the form above: "chat/", "/chat/" and "/chat" give "/chat", "/" gives "".
std::string to_prefix(std::string_view path);

}  // namespace gantry::http
