#pragma once
// Percent-encoding of paths and forms, and the UTF-8 check that keeps broken text out of replies.
// Pure functions over text.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::http {

bool is_valid_utf8(std::string_view text);

// Nothing for a broken escape or when the outcome is not UTF-8, where decodeURIComponent throws.
std::optional<std::string> percent_decode(std::string_view text);
// As query strings and forms are read: '+' is a blank; text that cannot be decoded stays as it is
// but for that. Bytes that are not UTF-8 become U+FFFD.
std::string form_decode(std::string_view text);
// What encodeURIComponent gives.
std::string percent_encode(std::string_view text);

// The decoded parts of "/a/b%20c" between slashes: {"a", "b c"}. Splitting comes first, so an
// encoded slash stays inside its part. Nothing when the path has no leading slash, a part cannot
// be decoded or holds a NUL, or there are more than kPathSegmentsMax.
inline constexpr std::size_t kPathSegmentsMax = 64;
std::optional<std::vector<std::string>> path_segments(std::string_view path);

}  // namespace gantry::http
