#include "wire/attachments.h"

#include <algorithm>
#include <array>
#include <string>

#include "domain/directory.h"
#include "domain/error_codes.h"
#include "domain/message_text.h"

namespace gantry::wire {
namespace {

constexpr std::string_view kUploadPath = "/file-upload/";
constexpr std::size_t kQuoteDepthMax = 8;  // attachments within attachments

enum class Shape { Text, Boolean, Number, Object, List, Link, TextOrNumber };

struct Member {
  std::string_view name;
  Shape shape;
};

constexpr Member kAttachmentMembers[] = {
    {"color", Shape::Text},
    {"text", Shape::Text},
    {"pretext", Shape::Text},
    {"ts", Shape::TextOrNumber},
    {"thumb_url", Shape::Link},
    {"button_alignment", Shape::Text},
    {"actions", Shape::List},
    {"message_link", Shape::Link},
    {"collapsed", Shape::Boolean},
    {"author_name", Shape::Text},
    {"author_link", Shape::Link},
    {"author_icon", Shape::Link},
    {"title", Shape::Text},
    {"title_link", Shape::Link},
    {"title_link_download", Shape::Boolean},
    {"description", Shape::Text},
    {"format", Shape::Text},
    {"image_dimensions", Shape::Object},
    {"image_url", Shape::Link},
    {"image_preview", Shape::Text},
    {"image_type", Shape::Text},
    {"image_size", Shape::Number},
    {"audio_url", Shape::Link},
    {"audio_type", Shape::Text},
    {"audio_size", Shape::Number},
    {"video_url", Shape::Link},
    {"video_type", Shape::Text},
    {"video_size", Shape::Number},
    {"fields", Shape::List},
    {"attachments", Shape::List},
};

constexpr Member kActionMembers[] = {
    {"type", Shape::Text},          {"text", Shape::Text},
    {"url", Shape::Link},           {"image_url", Shape::Link},
    {"is_webview", Shape::Boolean}, {"webview_height_ratio", Shape::Text},
    {"msg", Shape::Text},           {"msg_in_chat_window", Shape::Boolean},
};

std::string_view word_of(Shape shape) {
  switch (shape) {
    case Shape::Text:
    case Shape::Link:
      return "string";
    case Shape::Boolean:
      return "boolean";
    case Shape::Number:
      return "number";
    case Shape::Object:
      return "object";
    case Shape::List:
      return "array";
    case Shape::TextOrNumber:
      return "string or number";
  }
  return {};
}

bool has_shape(const json::value& value, Shape shape) {
  switch (shape) {
    case Shape::Text:
    case Shape::Link:
      return value.is_string();
    case Shape::Boolean:
      return value.is_bool();
    case Shape::Number:
      return value.is_number();
    case Shape::Object:
      return value.is_object();
    case Shape::List:
      return value.is_array();
    case Shape::TextOrNumber:
      return value.is_string() || value.is_number();
  }
  return false;
}

std::string_view word_of(const json::value& value) {
  if (value.is_string()) return "string";
  if (value.is_bool()) return "boolean";
  if (value.is_number()) return "number";
  if (value.is_array()) return "array";
  return value.is_null() ? "null" : "object";
}

template <std::size_t count>
std::optional<Error> check_members(json::object& object, const Member (&members)[count]) {
  for (const Member& member : members) {
    const auto at = object.find(member.name);
    if (at == object.end()) continue;
    const json::value& value = at->value();
    // What is sent as null, and a link that is empty, is meant to be absent.
    if (value.is_null() || (member.shape == Shape::Link && value == "")) {
      object.stable_erase(at);
      continue;
    }
    if (!has_shape(value, member.shape)) {
      return match_error(word_of(member.shape), value, member.name);
    }
    if (member.shape == Shape::Link && !is_allowed_link(value.get_string())) {
      return Error(ErrorCode::InvalidAttachmentLink);
    }
  }
  return std::nullopt;
}

bool is_zero(const json::value& value) {
  return value.is_number() && !is_truthy(value);
}

std::optional<Error> check_field(const json::value& item) {
  const json::object* field = item.if_object();
  const json::value* title = field != nullptr ? find_member(*field, "title") : nullptr;
  const json::value* value = field != nullptr ? find_member(*field, "value") : nullptr;
  if (title == nullptr || !is_truthy(*title) || value == nullptr ||
      (!is_truthy(*value) && !is_zero(*value))) {
    return Error(ErrorCode::InvalidAttachmentField);
  }
  if (!title->is_string()) return match_error("string", *title, "title");
  if (!value->is_string() && !value->is_number() && !value->is_bool()) {
    return match_error("string, number or boolean", *value, "value");
  }
  return std::nullopt;
}

std::optional<Error> check_attachment(json::value& item, std::size_t depth);

std::optional<Error> check_items(json::object& attachment, std::size_t depth) {
  if (const json::value* fields = find_member(attachment, "fields")) {
    for (const json::value& field : fields->get_array()) {
      if (auto fault = check_field(field)) return fault;
    }
  }
  if (json::value* actions = attachment.if_contains("actions")) {
    for (json::value& action : actions->get_array()) {
      if (!action.is_object()) return match_error("object", action, "actions");
      if (auto fault = check_members(action.get_object(), kActionMembers)) return fault;
    }
  }
  if (json::value* quotes = attachment.if_contains("attachments")) {
    for (json::value& quote : quotes->get_array()) {
      if (auto fault = check_attachment(quote, depth + 1)) return fault;
    }
  }
  return std::nullopt;
}

std::optional<Error> check_attachment(json::value& item, std::size_t depth) {
  if (!item.is_object()) return match_error("object", item, "attachments");
  if (depth > kQuoteDepthMax) return failure("Match error: Attachments are nested too deeply");
  json::object& attachment = item.get_object();
  if (auto fault = check_members(attachment, kAttachmentMembers)) return fault;
  return check_items(attachment, depth);
}

void rename_text(json::object& attachment) {
  const auto at = attachment.find("msg");
  if (at == attachment.end() || !is_truthy(at->value())) return;
  const std::string text = to_js_string(at->value());
  attachment.stable_erase(at);
  attachment["text"] = trim_spaces(text);
}

// The length of the space that `text` begins with, in bytes; 0 when it begins with none.
std::size_t leading_space(std::string_view text) {
  constexpr std::array<std::string_view, 20> kWideSpaces = {
      "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
      "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u2028",
      "\u2029", "\u202F", "\u205F", "\u3000", "\uFEFF", " "};
  if (text.empty()) return 0;
  if (std::string_view("\t\n\v\f\r").find(text.front()) != std::string_view::npos) return 1;
  for (const std::string_view space : kWideSpaces) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

}  // namespace

std::string_view trim_spaces(std::string_view text) {
  for (std::size_t size = leading_space(text); size != 0; size = leading_space(text)) {
    text.remove_prefix(size);
  }
  while (!text.empty()) {
    // A space is one character, so where the last character begins is where a space could.
    std::size_t last = text.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
    if (leading_space(text.substr(last)) != text.size() - last) break;
    text.remove_suffix(text.size() - last);
  }
  return text;
}

bool is_allowed_link(std::string_view link) {
  const std::string head = domain::to_lower(link.substr(0, std::string_view("https://").size()));
  return head.starts_with("http://") || head.starts_with("https://") || head.starts_with("data:") ||
         link.starts_with(kUploadPath);
}

bool is_allowed_avatar(std::string_view link) {
  // Two slashes begin the address of another host.
  return is_allowed_link(link) || (link.starts_with('/') && !link.starts_with("//"));
}

Error match_error(std::string_view wanted, const json::value& got, std::string_view field) {
  std::string text = "Match error: Expected ";
  text += wanted;
  text += ", got ";
  text += word_of(got);
  text += " in field ";
  text += field;
  return failure(std::move(text));
}

Attachments read_attachments(json::array sent) {
  Attachments out;
  out.list = std::move(sent);
  for (json::value& item : out.list) {
    if (json::object* attachment = item.if_object()) {
      rename_text(*attachment);
      out.text_length =
          std::max(out.text_length, domain::count_characters(text_of(*attachment, "text")));
    }
    if (!out.fault) out.fault = check_attachment(item, 1);
  }
  return out;
}

}  // namespace gantry::wire
