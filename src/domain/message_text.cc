#include "domain/message_text.h"

#include <algorithm>
#include <cctype>

namespace gantry::domain {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\f\v";
constexpr std::string_view kSentenceEnds = ".,!?:;'*_~]}";
constexpr std::size_t kReferencesMax = 2000;  // of one kind in one text; later ones are plain text

bool is_space(char c) {
  return kSpaces.find(c) != std::string_view::npos;
}

// Names may have letters of every script, so all bytes beyond ASCII count.
bool is_name_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

void add_once(std::vector<std::string>& list, std::string_view item) {
  if (list.size() >= kReferencesMax) return;
  if (std::find(list.begin(), list.end(), item) == list.end()) list.emplace_back(item);
}

// Where the code that begins at `at` ends: behind the closing run of as many backquotes; behind the
// opening run when nothing closes it.
std::size_t skip_code(std::string_view text, std::size_t at) {
  const std::size_t open_end = std::min(text.find_first_not_of('`', at), text.size());
  const std::string_view fence = text.substr(at, open_end - at);
  const std::size_t close = text.find(fence, open_end);
  return close == std::string_view::npos ? open_end : close + fence.size();
}

std::string_view scheme_at(std::string_view text, std::size_t at) {
  for (const std::string_view scheme :
       {std::string_view("https://"), std::string_view("http://")}) {
    const std::string_view there = text.substr(at, scheme.size());
    const bool same =
        std::equal(there.begin(), there.end(), scheme.begin(), scheme.end(),
                   [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
    if (same) return scheme;
  }
  return {};
}

std::string_view without_sentence_end(std::string_view url) {
  auto open = std::count(url.begin(), url.end(), '(');
  auto closed = std::count(url.begin(), url.end(), ')');
  while (!url.empty()) {
    const char last = url.back();
    const bool unopened = last == ')' && closed > open;
    if (!unopened && kSentenceEnds.find(last) == std::string_view::npos) break;
    if (last == ')') --closed;
    url.remove_suffix(1);
  }
  return url;
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

TextReferences find_references(std::string_view text) {
  TextReferences out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '`') {
      at = skip_code(text, at);
      continue;
    }
    const bool begins = at == 0 || is_space(text[at - 1]) || text[at - 1] == '>';
    if (!begins || (c != '@' && c != '#')) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < text.size() && is_name_byte(text[end])) ++end;
    if (end > at + 1) add_once(c == '@' ? out.users : out.rooms, text.substr(at + 1, end - at - 1));
    at = end;
  }
  return out;
}

std::vector<std::string> find_urls(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '`') {
      at = skip_code(text, at);
      continue;
    }
    const bool inside_word = at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0;
    const std::string_view scheme = inside_word ? std::string_view{} : scheme_at(text, at);
    if (scheme.empty()) {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\f\v<>\"`|", at), text.size());
    const std::string_view url = without_sentence_end(text.substr(at, end - at));
    if (url.size() > scheme.size()) add_once(out, url);
    at = end;
  }
  return out;
}

}  // namespace gantry::domain
