#include "http/plain_head.h"

#include "http/header_tokens.h"

namespace gantry::http {
namespace {

enum Allowed : unsigned char { kInName = 1, kInValue = 2, kInTarget = 4 };

constexpr std::array<unsigned char, 256> kAllowed = [] {
  std::array<unsigned char, 256> allowed{};
  for (std::size_t c = 0x21; c < 0x7F; ++c) allowed[c] = kInValue | kInTarget;
  allowed[' '] = allowed['\t'] = kInValue;
  for (unsigned char c = '0'; c <= '9'; ++c) allowed[c] |= kInName;
  for (unsigned char c = 'a'; c <= 'z'; ++c) allowed[c] |= kInName;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) allowed[c] |= kInName;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
    allowed[static_cast<unsigned char>(c)] |= kInName;
  }
  return allowed;
}();

// Takes what may stand there off the front.
std::string_view take(std::string_view& text, Allowed kind) {
  std::size_t size = 0;
  while (size < text.size() && (kAllowed[static_cast<unsigned char>(text[size])] & kind) != 0) {
    ++size;
  }
  const std::string_view taken = text.substr(0, size);
  text.remove_prefix(size);
  return taken;
}

bool take_exactly(std::string_view& text, std::string_view wanted) {
  if (text.substr(0, wanted.size()) != wanted) return false;
  text.remove_prefix(wanted.size());
  return true;
}

// Whether the full grammar has to see it.
bool is_about_framing(std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 6:
      return equals_ignoring_case(name, "Expect");
    case 7:
      return equals_ignoring_case(name, "Upgrade") || equals_ignoring_case(name, "Trailer");
    case 10:
      return equals_ignoring_case(name, "Connection") && !equals_ignoring_case(value, "keep-alive");
    case 14:
      return equals_ignoring_case(name, "Content-Length");
    case 16:
      return equals_ignoring_case(name, "Proxy-Connection");
    case 17:
      return equals_ignoring_case(name, "Transfer-Encoding");
    default:
      return false;
  }
}

}  // namespace

bool read_plain_head(std::string_view bytes, PlainHead& out) {
  std::string_view left = bytes;
  if (!take_exactly(left, "GET ")) return false;
  out.target = take(left, kInTarget);
  if (out.target.empty() || !take_exactly(left, " HTTP/1.1\r\n")) return false;
  for (out.header_count = 0; !take_exactly(left, "\r\n"); ++out.header_count) {
    const std::string_view name = take(left, kInName);
    if (name.empty() || out.header_count == PlainHead::kHeadersMax || !take_exactly(left, ":")) {
      return false;
    }
    const std::string_view value = trim(take(left, kInValue));
    if (!take_exactly(left, "\r\n") || is_about_framing(name, value)) return false;
    out.headers[out.header_count] = {name, value};
  }
  out.bytes = bytes.size() - left.size();
  return true;
}

}  // namespace gantry::http
