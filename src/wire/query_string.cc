#include "wire/query_string.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/error_codes.h"
#include "wire/query_string_tree.h"

namespace gantry::wire {
namespace {

// The length of the UTF-8 character at the front of `bytes`, or 0 when it is not one.
std::size_t character_bytes(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                           : lead >= 0xE0 && lead <= 0xEF ? 3
                           : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                          : 0;
  if (size == 0 || bytes.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && at(1) < 0xA0) || (lead == 0xF0 && at(1) < 0x90);
  const bool surrogate = lead == 0xED && at(1) > 0x9F;
  const bool beyond = lead == 0xF4 && at(1) > 0x8F;
  return overlong || surrogate || beyond ? 0 : size;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = character_bytes(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

namespace {

// What occurs in a query string, found in one pass, so that the usual ones skip everything else.
struct Survey {
  std::size_t parts = 1;
  bool has_escapes = false;   // % and +
  bool has_brackets = false;  // plain or escaped
  bool is_ascii = true;
};

Survey survey(std::string_view raw) {
  static constexpr unsigned char kEscape = 1;
  static constexpr unsigned char kBracket = 2;
  static constexpr unsigned char kBeyondAscii = 4;
  static constexpr unsigned char kSeparator = 8;
  static constexpr auto kSeen = [] {
    std::array<unsigned char, 256> seen{};
    seen['%'] = seen['+'] = kEscape;
    seen['['] = seen[']'] = kBracket;
    seen['&'] = kSeparator;
    for (std::size_t byte = 0x80; byte < seen.size(); ++byte) seen[byte] = kBeyondAscii;
    return seen;
  }();
  Survey found;
  unsigned char all = 0;
  for (const char c : raw) {
    const unsigned char seen = kSeen[static_cast<unsigned char>(c)];
    all |= seen;
    found.parts += seen == kSeparator ? 1 : 0;
  }
  found.has_escapes = (all & kEscape) != 0;
  found.has_brackets =
      (all & kBracket) != 0 || (found.has_escapes && raw.find("%5") != std::string_view::npos);
  found.is_ascii = (all & kBeyondAscii) == 0;
  return found;
}

constexpr std::array<std::int16_t, 256> kHexDigits = [] {
  std::array<std::int16_t, 256> digits{};
  digits.fill(-1);
  for (unsigned char c = '0'; c <= '9'; ++c) digits[c] = static_cast<std::int16_t>(c - '0');
  for (unsigned char c = 'a'; c <= 'f'; ++c) {
    digits[c] = digits[c - 0x20U] = static_cast<std::int16_t>(c - 'a' + 10);
  }
  return digits;
}();

// The byte that the escape at `at` stands for, or -1.
int escaped_byte(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || text[at] != '%') return -1;
  const int high = kHexDigits[static_cast<unsigned char>(text[at + 1])];
  const int low = kHexDigits[static_cast<unsigned char>(text[at + 2])];
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// The character that begins with the escape at `at`, all of it escaped; its length in bytes, or 0
// when there is none.
std::size_t escaped_character(std::string_view text, std::size_t at, std::array<char, 4>& bytes) {
  for (std::size_t count = 0; count < bytes.size();) {
    const int byte = escaped_byte(text, at + 3 * count);
    if (byte < 0) return 0;
    bytes[count++] = static_cast<char>(byte);
    if (const std::size_t size = character_bytes({bytes.data(), count}); size != 0) return size;
  }
  return 0;
}

// Puts the decoded text into `out`; false when an escape is malformed or does not spell UTF-8.
bool decode(std::string_view text, std::string& out) {
  out.resize(text.size());
  char* end = out.data();
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '%') {
      *end++ = text[i] == '+' ? ' ' : text[i];
      ++i;
    } else if (const int byte = escaped_byte(text, i); byte >= 0 && byte < 0x80) {
      *end++ = static_cast<char>(byte);
      i += 3;
    } else {
      std::array<char, 4> bytes{};
      const std::size_t size = escaped_character(text, i, bytes);
      if (size == 0) return false;
      end = std::copy_n(bytes.begin(), size, end);
      i += 3 * size;
    }
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
  return true;
}

bool is_encoded_bracket(std::string_view text, std::size_t at) {
  return text.size() - at >= 3 && text[at] == '%' && text[at + 1] == '5' &&
         (text[at + 2] == 'B' || text[at + 2] == 'b' || text[at + 2] == 'D' || text[at + 2] == 'd');
}

// qs writes escaped brackets plainly before it looks at anything else.
std::string with_plain_brackets(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (is_encoded_bracket(raw, i)) {
      out += (raw[i + 2] | 0x20) == 'b' ? '[' : ']';
      i += 2;
    } else {
      out += raw[i];
    }
  }
  return out;
}

// The decoded text; `scratch` holds it when it differs from `text`.
std::string_view decoded(std::string_view text, std::string& scratch) {
  if (std::none_of(text.begin(), text.end(), [](char c) { return c == '%' || c == '+'; })) {
    return text;
  }
  if (decode(text, scratch)) return scratch;
  scratch = with_plain_brackets(text);
  std::replace(scratch.begin(), scratch.end(), '+', ' ');
  return scratch;
}

// Takes the text up to the next `&` off the front.
std::string_view take_part(std::string_view& text) {
  const std::size_t end = text.find('&');
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

enum class Plain { Read, NeedsTree, TooManyItems };

bool has_bracket(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == ']' || is_encoded_bracket(text, i)) return true;
  }
  return false;
}

// Takes the next `a=b` off the front. False where the key has brackets, where the value may hide
// the end of one, and on keys that are left out.
bool take_plain(std::string_view& left, bool has_escapes, bool has_brackets, PlainPair& out) {
  const std::string_view part = take_part(left);
  const std::size_t equals = part.find('=');
  out.key = part.substr(0, equals);
  out.value = equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
  if (out.key.empty()) return false;
  if (has_brackets && (has_bracket(out.key) ||
                       (out.value.find('=') != std::string_view::npos && has_bracket(out.value)))) {
    return false;
  }
  if (has_escapes) {
    out.key = decoded(out.key, out.key_scratch);
    out.value = decoded(out.value, out.value_scratch);
  }
  return !is_inherited_key(out.key);
}

// Almost every query string is `a=b&c=d`, and this reads it in one pass.
Plain read_plain(std::string_view raw, const Survey& found, const QueryStringLimits& limits,
                 json::object& out) {
  PlainPair pair;
  while (!raw.empty()) {
    if (!take_plain(raw, found.has_escapes, found.has_brackets, pair)) return Plain::NeedsTree;
    json::value* earlier = out.if_contains(pair.key);
    if (earlier == nullptr) {
      out.emplace(pair.key, json::string(pair.value, out.storage()));
      continue;
    }
    if (!earlier->is_array()) {
      json::array list(out.storage());
      list.push_back(std::move(*earlier));
      *earlier = std::move(list);
    }
    if (earlier->get_array().size() >= limits.array_items_max) return Plain::TooManyItems;
    earlier->get_array().push_back(json::string(pair.value, out.storage()));
  }
  return Plain::Read;
}

struct Parameter {
  std::string key;
  std::vector<std::string> values;
};

// Nothing when one key has more values than a list may have.
std::optional<std::vector<Parameter>> list_parameters(std::string_view raw,
                                                      const QueryStringLimits& limits) {
  const std::string clean = with_plain_brackets(raw);
  std::string_view left = clean;
  std::vector<Parameter> parameters;
  std::unordered_map<std::string, std::size_t> known;
  std::string scratch;
  for (bool more = true; more;) {
    more = left.find('&') != std::string_view::npos;
    const std::string_view part = take_part(left);
    std::size_t equals = part.find("]=");
    equals = equals == std::string_view::npos ? part.find('=') : equals + 1;
    std::string key(decoded(part.substr(0, equals), scratch));
    const auto [found, fresh] = known.try_emplace(std::move(key), parameters.size());
    if (fresh) parameters.push_back({found->first, {}});
    std::vector<std::string>& values = parameters[found->second].values;
    if (values.size() >= limits.array_items_max) return std::nullopt;
    values.emplace_back(equals == std::string_view::npos
                            ? std::string_view{}
                            : decoded(part.substr(equals + 1), scratch));
  }
  // Compat: JavaScript visits keys that are array indexes first, in rising order, and where two
  // keys name one place the order decides.
  const auto rank = [](const Parameter& parameter) {
    return to_list_place(parameter.key).value_or(std::numeric_limits<std::uint32_t>::max());
  };
  std::stable_sort(parameters.begin(), parameters.end(),
                   [&](const Parameter& a, const Parameter& b) { return rank(a) < rank(b); });
  return parameters;
}

}  // namespace

PlainParameters::PlainParameters(std::string_view raw, const QueryStringLimits& limits)
    : left_(raw) {
  const Survey found = survey(raw);
  // Fewer parts than a list may have items: so no key can have too many.
  plain_ = found.is_ascii && found.parts <= std::min(limits.parameters_max, limits.array_items_max);
  has_escapes_ = found.has_escapes;
  has_brackets_ = found.has_brackets;
}

PlainParameters::Step PlainParameters::next() {
  if (!plain_) return Step::NotPlain;
  if (left_.empty()) return Step::End;
  return take_plain(left_, has_escapes_, has_brackets_, pair_) ? Step::Pair : Step::NotPlain;
}

Result<json::object> parse_query_string(std::string_view raw, const QueryStringLimits& limits,
                                        json::storage_ptr storage) {
  json::object out(storage);
  if (raw.empty()) return out;
  const Survey found = survey(raw);
  if (found.parts > limits.parameters_max || (!found.is_ascii && !is_utf8(raw))) {
    return ErrorCode::InvalidQueryParameters;
  }
  out.reserve(found.parts);
  switch (read_plain(raw, found, limits, out)) {
    case Plain::Read:
      return out;
    case Plain::TooManyItems:
      return ErrorCode::InvalidQueryParameters;
    case Plain::NeedsTree:
      break;
  }
  const auto parameters = list_parameters(raw, limits);
  if (!parameters) return ErrorCode::InvalidQueryParameters;
  QueryTree tree(limits);
  for (const Parameter& parameter : *parameters) {
    if (tree.add(parameter.key, parameter.values) == QueryTree::Added::TooManyItems) {
      return ErrorCode::InvalidQueryParameters;
    }
  }
  return tree.to_json(storage);
}

Result<json::object> parse_form(std::string_view body, const QueryStringLimits& limits,
                                json::storage_ptr storage) {
  return parse_query_string(body, limits, std::move(storage));
}

}  // namespace gantry::wire
