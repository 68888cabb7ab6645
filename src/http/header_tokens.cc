#include "http/header_tokens.h"

#include <algorithm>

namespace gantry::http {
namespace {

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

// Takes a quoted string whose opening quote is at the front. Only \" and \\ are escapes: clients
// on Windows send bare backslashes in file names.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    const bool escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    if (escape) ++i;
    out += text[i];
  }
  return std::nullopt;
}

std::string take_until(std::string_view& text, char stop) {
  const std::size_t end = std::min(text.find(stop), text.size());
  std::string out(trim(text.substr(0, end)));
  text.remove_prefix(end);
  return out;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
}

// "0", "0.", "0.000": everything else above zero.
bool is_zero(std::string_view quality) {
  return !quality.empty() && quality[0] == '0' &&
         quality.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  // Nearly all pairs are the same letters, or differ in the first one.
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return x == y || to_lower(x) == to_lower(y);
         });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

const std::string* HeaderValue::find(std::string_view name) const {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

std::optional<HeaderValue> parse_header_value(std::string_view value) {
  HeaderValue out;
  out.text = lower(take_until(value, ';'));
  while (!value.empty()) {
    value.remove_prefix(1);  // the semicolon
    skip_blanks(value);
    if (value.empty() || value[0] == ';') continue;
    const std::size_t equals = value.find_first_of("=;");
    if (equals == std::string_view::npos || value[equals] == ';') return std::nullopt;
    const std::string_view name = trim(value.substr(0, equals));
    if (!is_token(name) || out.parameters.size() >= kHeaderParametersMax) return std::nullopt;
    value.remove_prefix(equals + 1);
    skip_blanks(value);
    std::string text;
    if (!value.empty() && value[0] == '"') {
      auto quoted = take_quoted(value);
      if (!quoted) return std::nullopt;
      text = std::move(*quoted);
      skip_blanks(value);
      if (!value.empty() && value[0] != ';') return std::nullopt;
    } else {
      text = take_until(value, ';');
    }
    out.parameters.push_back({lower(name), std::move(text)});
  }
  return out;
}

std::optional<HeaderValue> parse_media_type(std::string_view value) {
  auto out = parse_header_value(value);
  if (!out) return std::nullopt;
  const std::string_view text = out->text;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  if (!is_token(text.substr(0, slash)) || !is_token(text.substr(slash + 1))) return std::nullopt;
  return out;
}

std::string_view media_type_of(std::string_view content_type) {
  return trim(content_type.substr(0, content_type.find(';')));
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const std::size_t end = std::min(accept_encoding.find(','), accept_encoding.size());
    std::string_view item = accept_encoding.substr(0, end);
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
    const std::string_view name = media_type_of(item);
    const bool star = name == "*";
    if (!star && !equals_ignoring_case(name, "gzip") && !equals_ignoring_case(name, "x-gzip")) {
      continue;
    }
    const std::size_t semicolon = item.find(';');
    bool allowed = true;
    if (semicolon != std::string_view::npos) {
      const std::string_view quality = trim(item.substr(semicolon + 1));
      allowed = !(quality.size() > 2 && (quality[0] == 'q' || quality[0] == 'Q') &&
                  quality[1] == '=' && is_zero(quality.substr(2)));
    }
    if (!star) return allowed;
    any = allowed;
  }
  return any;
}

}  // namespace gantry::http
