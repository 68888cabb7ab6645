#pragma once
// ASCII text as URLs and headers need it, independent of the locale.

#include <string>
#include <string_view>

namespace gantry::egress {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trimmed(std::string_view text);  // spaces and tabs

// How hosts are compared: lower case, no brackets, no trailing dot.
std::string normal_host(std::string_view host);

}  // namespace gantry::egress
