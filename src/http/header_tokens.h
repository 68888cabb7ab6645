#pragma once
// Reading the values of headers: token lists and values with parameters. Pure functions over text.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::http {

// ASCII only, as names of headers and media types are.
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);

// `text; name=value; name="quoted value"`, as in Content-Type and Content-Disposition.
struct HeaderValue {
  struct Parameter {
    std::string name;  // lower case
    std::string value;
  };

  std::string text;  // lower case
  std::vector<Parameter> parameters;

  // Null when absent. The first of several wins.
  const std::string* find(std::string_view name) const;
};

// Nothing when a parameter is malformed or there are more than kHeaderParametersMax.
inline constexpr std::size_t kHeaderParametersMax = 32;
std::optional<HeaderValue> parse_header_value(std::string_view value);
// The same, for Content-Type: nothing when it is not `type/subtype`.
std::optional<HeaderValue> parse_media_type(std::string_view value);
// The media type without parameters, in the writer's case: "application/json".
std::string_view media_type_of(std::string_view content_type);

// Whether an Accept-Encoding value allows gzip; q=0 forbids it.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace gantry::http
