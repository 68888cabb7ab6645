#include "domain/message_references.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/message_text.h"

namespace gantry::domain {
namespace {

constexpr std::string_view kAll = "all";
constexpr std::string_view kHere = "here";

bool is_group_word(std::string_view name) {
  return name == kAll || name == kHere;
}

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::string_view without_dots(std::string_view name) {
  while (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

// "@ada." at the end of a sentence is ada, unless somebody has that name with the dot.
std::shared_ptr<const User> find_mentioned(const Directory& directory, std::string_view name) {
  if (auto user = directory.find_user_by_name(name)) return user;
  const std::string_view shorter = without_dots(name);
  return shorter.empty() || shorter == name ? nullptr : directory.find_user_by_name(shorter);
}

std::shared_ptr<const Room> find_referred(const Directory& directory, std::string_view name) {
  if (auto room = directory.find_room_by_name(name)) return room;
  const std::string_view shorter = without_dots(name);
  return shorter.empty() || shorter == name ? nullptr : directory.find_room_by_name(shorter);
}

json::array mentions_of(const Directory& directory, const TextReferences& references) {
  json::array out;
  std::vector<UserId> seen;
  for (const std::string& name : references.users) {
    const std::string_view word = without_dots(name);
    if (is_group_word(word)) {
      const UserId id{word};
      if (std::find(seen.begin(), seen.end(), id) != seen.end()) continue;
      seen.push_back(id);
      out.push_back({{"_id", word}, {"username", word}});
      continue;
    }
    const auto user = find_mentioned(directory, name);
    if (!user || std::find(seen.begin(), seen.end(), user->id) != seen.end()) continue;
    seen.push_back(user->id);
    out.push_back({{"_id", user->id.text},
                   {"username", user->username},
                   {"name", user->name},
                   {"type", "user"}});
  }
  return out;
}

json::array channels_of(const Directory& directory, const TextReferences& references,
                        const UserId& author) {
  json::array out;
  std::vector<RoomId> seen;
  for (const std::string& name : references.rooms) {
    const auto room = find_referred(directory, name);
    if (!room || std::find(seen.begin(), seen.end(), room->id) != seen.end()) continue;
    if (room->type != RoomType::Channel && !directory.is_member(author, room->id)) continue;
    seen.push_back(room->id);
    json::object reference{{"_id", room->id.text}, {"name", room->name}};
    if (!room->fname.empty()) reference["fname"] = room->fname;
    out.push_back(std::move(reference));
  }
  return out;
}

json::array urls_of(std::string_view text,
                    const std::optional<std::vector<std::string>>& previewed_urls) {
  json::array out;
  for (const std::string& url : find_urls(text)) {
    json::object link{{"url", url}, {"meta", json::object{}}};
    if (previewed_urls && !contains(*previewed_urls, url)) link["ignoreParse"] = true;
    out.push_back(std::move(link));
  }
  return out;
}

}  // namespace

Result<void> check_group_mentions(const Directory& directory, const User& sender, const Room& room,
                                  std::string_view text) {
  for (const std::string& name : find_references(text).users) {
    const std::string_view word = without_dots(name);
    if (word == kAll && !directory.has_permission(sender, Permission::MentionAll, room.id)) {
      return Error(ErrorCode::ActionNotAllowed, "Notify all in this room not allowed");
    }
    if (word == kHere && !directory.has_permission(sender, Permission::MentionHere, room.id)) {
      return Error(ErrorCode::ActionNotAllowed, "Notify here in this room not allowed");
    }
  }
  return Done{};
}

void set_references(const Directory& directory, Message& message,
                    const std::optional<std::vector<std::string>>& previewed_urls) {
  const TextReferences references = find_references(message.text);
  message.mentions = mentions_of(directory, references);
  message.channels = channels_of(directory, references, message.author.id);
  message.urls =
      message.parse_urls.value_or(true) ? urls_of(message.text, previewed_urls) : json::array{};
}

Mentioned mentioned_in(const Message& message) {
  Mentioned out;
  for (const json::value& mention : message.mentions) {
    const std::string_view id = text_of(mention.as_object(), "_id");
    if (is_group_word(id)) {
      out.group = true;
    } else {
      out.users.emplace_back(id);
    }
  }
  return out;
}

}  // namespace gantry::domain
