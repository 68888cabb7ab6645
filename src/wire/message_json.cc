#include "wire/message_json.h"

#include "base/time.h"
#include "wire/user_json.h"

namespace gantry::wire {
namespace {

void put_text(json::object& out, std::string_view key, const std::string& text) {
  if (!text.empty()) out[key] = text;
}

void put_flag(json::object& out, std::string_view key, std::optional<bool> flag) {
  if (flag) out[key] = *flag;
}

// The name and picture under which it is shown, and how it came here.
void put_posting(json::object& out, const domain::Message& message) {
  put_text(out, "alias", message.alias);
  put_text(out, "avatar", message.avatar);
  put_text(out, "emoji", message.emoji);
  put_flag(out, "groupable", message.groupable);
  put_flag(out, "parseUrls", message.parse_urls);
  if (!message.posted_by.empty()) {
    out["bot"] = {{"i", message.posted_by.text}};
  } else if (!message.bot.is_null()) {
    out["bot"] = message.bot;
  }
}

void put_content(json::object& out, const domain::Message& message) {
  if (message.attachments) out["attachments"] = *message.attachments;
  if (!message.file.is_null()) out["file"] = message.file;
  if (!message.files.empty()) out["files"] = message.files;
  if (!message.custom_fields.empty()) out["customFields"] = message.custom_fields;
  if (!message.blocks.is_null()) out["blocks"] = message.blocks;
}

void put_thread(json::object& out, const domain::Message& message) {
  put_text(out, "tmid", message.thread.text);
  put_flag(out, "tshow", message.thread_shown);
  if (message.reply_count == 0) return;
  out["tcount"] = message.reply_count;
  if (message.last_reply_at) out["tlm"] = to_iso(*message.last_reply_at);
  json::array followers;
  for (const domain::UserId& user : message.followers) followers.emplace_back(user.text);
  out["replies"] = std::move(followers);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!*'()";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

std::string_view type_group(std::string_view media_type) {
  return media_type.substr(0, media_type.find('/'));
}

std::string_view extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

}  // namespace

json::object to_json(const domain::Message& message) {
  json::object out{{"_id", message.id.text},       {"rid", message.room.text},
                   {"msg", message.text},          {"ts", to_iso(message.sent_at)},
                   {"u", to_json(message.author)}, {"_updatedAt", to_iso(message.updated_at)}};
  put_text(out, "t", message.type);
  put_text(out, "role", message.role);
  put_posting(out, message);
  put_content(out, message);
  out["urls"] = message.urls;
  out["mentions"] = message.mentions;
  out["channels"] = message.channels;
  put_thread(out, message);
  if (message.edited_at) out["editedAt"] = to_iso(*message.edited_at);
  if (message.edited_by) {
    out["editedBy"] = {{"_id", message.edited_by->id.text},
                       {"username", message.edited_by->username}};
  }
  return out;
}

json::array to_json(const std::vector<domain::Message>& messages) {
  json::array out;
  out.reserve(messages.size());
  for (const domain::Message& message : messages) out.push_back(to_json(message));
  return out;
}

json::object to_posted_json(const domain::Message& message) {
  json::object out = to_json(message);
  if (!message.attachments) out["attachments"] = json::array{};
  return out;
}

json::object to_removed_json(const domain::Message& message) {
  return {{"_id", message.id.text}, {"rid", message.room.text}, {"u", to_json(message.author)}};
}

json::object to_json(const domain::Upload& upload, const domain::UserRef* uploader) {
  json::object out{{"_id", upload.id.text},
                   {"name", upload.name},
                   {"size", upload.size_bytes},
                   {"type", upload.type},
                   {"typeGroup", type_group(upload.type)},
                   {"extension", extension_of(upload.name)},
                   {"rid", upload.room.text},
                   {"userId", upload.user.text},
                   {"store", "FileSystem:Uploads"},
                   {"complete", true},
                   {"uploading", false},
                   {"progress", 1},
                   {"path", file_path(upload)},
                   {"url", file_path(upload)},
                   {"uploadedAt", to_iso(upload.uploaded_at)},
                   {"_updatedAt", to_iso(upload.uploaded_at)}};
  if (uploader != nullptr) out["user"] = to_json(*uploader);
  return out;
}

std::string file_path(const domain::Upload& upload) {
  return "/file-upload/" + upload.id.text + "/" + percent_encode(upload.name);
}

json::object to_file_json(const domain::Upload& upload) {
  return {{"_id", upload.id.text},
          {"name", upload.name},
          {"type", upload.type},
          {"size", upload.size_bytes},
          {"format", extension_of(upload.name)}};
}

json::object to_attachment_json(const domain::Upload& upload, std::string_view description) {
  const std::string path = file_path(upload);
  json::object out{{"title", upload.name},
                   {"title_link", path},
                   {"title_link_download", true},
                   {"type", "file"},
                   {"description", description}};
  const std::string group(type_group(upload.type));
  if (group == "image" || group == "audio" || group == "video") {
    out[group + "_url"] = path;
    out[group + "_type"] = upload.type;
    out[group + "_size"] = upload.size_bytes;
  } else {
    out["format"] = extension_of(upload.name);
    out["size"] = upload.size_bytes;
  }
  return out;
}

}  // namespace gantry::wire
