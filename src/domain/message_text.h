#pragma once
// What a message's text refers to: accounts, rooms and links. Pure functions. Text in backquotes is
// code and refers to nobody.

#include <string>
#include <string_view>
#include <vector>

namespace gantry::domain {

// The limit of a message's size is in characters: code points of UTF-8.
std::size_t count_characters(std::string_view text);

struct TextReferences {
  std::vector<std::string> users;  // behind "@", without it; each once, in order
  std::vector<std::string> rooms;  // behind "#"
};

// A name that ends in dots is given with them; who looks it up tries it without them as well.
TextReferences find_references(std::string_view text);

// http and https links, each once, in order; without the punctuation that ends the sentence.
std::vector<std::string> find_urls(std::string_view text);

}  // namespace gantry::domain
