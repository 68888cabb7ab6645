#include "http/plain_head.h"

#include <cstdint>
#include <cstring>

#include "http/header_tokens.h"

namespace gantry::http {
namespace {

enum Allowed : unsigned char { InName = 1, InValue = 2, InTarget = 4 };

constexpr std::array<unsigned char, 256> kAllowed = [] {
  std::array<unsigned char, 256> allowed{};
  for (std::size_t c = 0x21; c < 0x7F; ++c) allowed[c] = InValue | InTarget;
  allowed[' '] = allowed['\t'] = InValue;
  for (unsigned char c = '0'; c <= '9'; ++c) allowed[c] |= InName;
  for (unsigned char c = 'a'; c <= 'z'; ++c) allowed[c] |= InName;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) allowed[c] |= InName;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
    allowed[static_cast<unsigned char>(c)] |= InName;
  }
  return allowed;
}();

// Bytes at the front that are letters, digits or signs, in whole eights: all allowed in values and
// targets.
std::size_t count_visible(std::string_view text) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  constexpr std::uint64_t kHigh = kEach * 0x80;
  std::size_t size = 0;
  for (; size + sizeof(std::uint64_t) <= text.size(); size += sizeof(std::uint64_t)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + size, sizeof eight);
    const bool none_above = ((eight | (eight + kEach)) & kHigh) == 0;
    const bool none_below = (((eight | kHigh) - kEach * 0x21) & kHigh) == kHigh;
    if (!none_above || !none_below) break;
  }
  return size;
}

// Takes what may stand there off the front.
std::string_view take(std::string_view& text, Allowed kind) {
  std::size_t size = kind == InName ? 0 : count_visible(text);
  while (size < text.size() && (kAllowed[static_cast<unsigned char>(text[size])] & kind) != 0) {
    ++size;
  }
  const std::string_view taken = text.substr(0, size);
  text.remove_prefix(size);
  return taken;
}

// A size that is known makes of the comparison a single one.
template <std::size_t kSize>
bool take_exactly(std::string_view& text, const char (&wanted)[kSize]) {
  constexpr std::size_t kLetters = kSize - 1;
  if (text.size() < kLetters || std::memcmp(text.data(), wanted, kLetters) != 0) return false;
  text.remove_prefix(kLetters);
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
  out.target = take(left, InTarget);
  if (out.target.empty() || !take_exactly(left, " HTTP/1.1\r\n")) return false;
  for (out.header_count = 0; !take_exactly(left, "\r\n"); ++out.header_count) {
    const std::string_view name = take(left, InName);
    if (name.empty() || out.header_count == PlainHead::kHeadersMax || !take_exactly(left, ":")) {
      return false;
    }
    const std::string_view value = trim(take(left, InValue));
    if (!take_exactly(left, "\r\n") || is_about_framing(name, value)) return false;
    out.headers[out.header_count] = {name, value};
  }
  out.bytes = bytes.size() - left.size();
  return true;
}

}  // namespace gantry::http
