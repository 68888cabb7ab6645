#include "wire/post_payload.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "wire/attachments.h"

namespace gantry::wire {
namespace {

using domain::MessageDraft;

constexpr std::size_t kIdBytesMax = 255;

const json::value* find_truthy(const json::object& object, std::string_view key) {
  const json::value* value = find_member(object, key);
  return value != nullptr && is_truthy(*value) ? value : nullptr;
}

const json::value* find_truthy(const json::object& object, std::string_view key,
                               std::string_view other_key) {
  const json::value* value = find_truthy(object, key);
  return value != nullptr ? value : find_truthy(object, other_key);
}

void keep_first(MessageDraft& draft, std::optional<Error> fault) {
  if (!draft.fault) draft.fault = std::move(fault);
}

// The value's text; anything else is a fault of the draft.
std::string take_text(MessageDraft& draft, const json::value* value, std::string_view field) {
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(value->get_string());
  keep_first(draft, match_error("string", *value, field));
  return {};
}

// Ids come from clients too, so they have a length.
std::string take_id(MessageDraft& draft, const json::value* value, std::string_view field) {
  std::string id = take_text(draft, value, field);
  if (id.size() <= kIdBytesMax) return id;
  keep_first(draft, failure("Match error: Too long in field " + std::string(field)));
  return {};
}

void take_avatar(MessageDraft& draft, std::string avatar) {
  if (!avatar.empty() && !is_allowed_avatar(avatar)) {
    keep_first(draft, Error(ErrorCode::InvalidAttachmentLink));
  }
  draft.avatar = std::move(avatar);
}

void take_custom_fields(MessageDraft& draft, const json::object& from) {
  const json::value* fields = find_member(from, "customFields");
  if (fields == nullptr || fields->is_null()) return;
  if (fields->is_object()) {
    draft.custom_fields = fields->get_object();
  } else {
    keep_first(draft, match_error("object", *fields, "customFields"));
  }
}

void take_attachments(MessageDraft& draft, const json::array& sent) {
  Attachments attachments = read_attachments(sent);
  keep_first(draft, std::move(attachments.fault));
  draft.attachment_text_length = attachments.text_length;
  draft.attachments = std::move(attachments.list);
}

std::optional<bool> find_flag(const json::object& object, std::string_view key) {
  const json::value* value = find_member(object, key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return is_truthy(*value);
}

void take_name_and_picture(MessageDraft& draft, const json::object& payload,
                           const domain::PostDefaults& defaults) {
  const json::value* alias = find_truthy(payload, "username", "alias");
  draft.alias = alias != nullptr ? take_text(draft, alias, "alias") : defaults.alias;
  if (const json::value* avatar = find_truthy(payload, "icon_url", "avatar")) {
    take_avatar(draft, take_text(draft, avatar, "avatar"));
  } else if (const json::value* emoji = find_truthy(payload, "icon_emoji", "emoji")) {
    draft.emoji = take_text(draft, emoji, "emoji");
  } else if (!defaults.avatar.empty()) {
    take_avatar(draft, defaults.avatar);
  } else {
    draft.emoji = defaults.emoji;
  }
}

}  // namespace

std::vector<std::string> targets_of(const json::object& payload,
                                    const std::vector<std::string>& defaults) {
  std::vector<std::string> out;
  const auto add = [&out](std::string item) {
    if (std::find(out.begin(), out.end(), item) == out.end()) out.push_back(std::move(item));
  };
  const json::value* given = find_truthy(payload, "channel", "roomId");
  if (given == nullptr) {
    for (const std::string& item : defaults) add(item);
  } else if (const json::array* list = given->if_array()) {
    for (std::size_t i = 0; i < list->size() && out.size() <= domain::kPostTargetsMax; ++i) {
      add(to_js_string((*list)[i]));
    }
  } else {
    add(to_js_string(*given));
  }
  return out;
}

domain::Separate separate_of(const json::object& payload) {
  const json::value* flag = find_member(payload, "separateResponse");
  return flag != nullptr && flag->is_bool() && flag->get_bool() ? domain::Separate::Yes
                                                                : domain::Separate::No;
}

PostPayload read_post_payload(const json::object& payload, const domain::PostDefaults& defaults) {
  PostPayload out;
  out.targets = targets_of(payload, defaults.channels);
  MessageDraft& draft = out.draft;
  if (const json::value* text = find_truthy(payload, "text", "msg")) {
    draft.text = trim_spaces(to_js_string(*text));
  }
  take_name_and_picture(draft, payload, defaults);
  const json::value* attachments = find_member(payload, "attachments");
  const bool has_list = attachments != nullptr && attachments->is_array();
  if (has_list) take_attachments(draft, attachments->get_array());
  draft.parse_urls = find_flag(payload, "parseUrls").value_or(!has_list);
  draft.groupable = find_flag(payload, "groupable").value_or(false);
  draft.thread = domain::MessageId{take_id(draft, find_truthy(payload, "tmid"), "tmid")};
  if (const json::value* bot = find_truthy(payload, "bot")) draft.bot = *bot;
  take_custom_fields(draft, payload);
  return out;
}

Result<domain::MessageDraft> read_message_object(const json::object& message,
                                                 const json::value* previewed_urls) {
  MessageDraft draft;
  draft.id = domain::MessageId{take_id(draft, find_truthy(message, "_id"), "_id")};
  draft.text = take_text(draft, find_truthy(message, "msg"), "msg");
  draft.thread = domain::MessageId{take_id(draft, find_truthy(message, "tmid"), "tmid")};
  if (draft.fault) return *std::move(draft.fault);
  draft.thread_shown = find_flag(message, "tshow");
  draft.alias = take_text(draft, find_truthy(message, "alias"), "alias");
  take_avatar(draft, take_text(draft, find_truthy(message, "avatar"), "avatar"));
  draft.emoji = take_text(draft, find_truthy(message, "emoji"), "emoji");
  if (const json::value* attachments = find_truthy(message, "attachments")) {
    if (attachments->is_array()) {
      take_attachments(draft, attachments->get_array());
    } else {
      keep_first(draft, match_error("array", *attachments, "attachments"));
    }
  }
  draft.groupable = find_flag(message, "groupable");
  draft.parse_urls = find_flag(message, "parseUrls");
  if (const json::value* bot = find_truthy(message, "bot")) draft.bot = *bot;
  if (const json::value* blocks = find_truthy(message, "blocks")) draft.blocks = *blocks;
  take_custom_fields(draft, message);
  if (previewed_urls != nullptr && previewed_urls->is_array()) {
    auto& urls = draft.previewed_urls.emplace();
    for (const json::value& url : previewed_urls->get_array()) urls.push_back(to_js_string(url));
  }
  return draft;
}

}  // namespace gantry::wire
