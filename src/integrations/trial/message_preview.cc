#include "integrations/trial/message_preview.h"

#include "integrations/incoming/hook_decision.h"

namespace gantry::integrations {
namespace {

void put(json::object& out, std::string_view key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}

void put_fate(json::object& out, const domain::MessageDraft& draft, const Result<void>& fits) {
  if (!fits) out["error"] = hook_error_text(fits.error());
  out["message"] = draft_json(draft);
}

}  // namespace

json::object draft_json(const domain::MessageDraft& draft) {
  json::object out{{"text", draft.text}};
  put(out, "alias", draft.alias);
  put(out, "avatar", draft.avatar);
  if (draft.avatar.empty()) put(out, "emoji", draft.emoji);
  put(out, "tmid", draft.thread.text);
  if (draft.attachments) out["attachments"] = *draft.attachments;
  if (!draft.custom_fields.empty()) out["customFields"] = draft.custom_fields;
  if (!draft.blocks.is_null()) out["blocks"] = draft.blocks;
  return out;
}

json::object preview_message(const domain::Tx& tx, const domain::Directory& directory,
                             const domain::User& sender, std::string_view target,
                             const domain::MessageDraft& draft) {
  json::object out{{"channel", target}, {"sender", sender.username}};
  const auto found = domain::check_post(tx, directory, sender, target, draft);
  if (found && found->room) out["roomId"] = found->room->id.text;
  if (found && found->other) out["directWith"] = found->other->username;
  put_fate(out, draft, found ? Result<void>(Done{}) : Result<void>(found.error()));
  return out;
}

json::object preview_in_room(const domain::Tx& tx, const domain::Directory& directory,
                             const domain::User& sender, const domain::Room& room,
                             const domain::MessageDraft& draft) {
  json::object out{{"channel", room.name.empty() ? room.id.text : "#" + room.name},
                   {"sender", sender.username},
                   {"roomId", room.id.text}};
  Result<void> fits = domain::check_may_post(tx, directory, sender, room);
  if (fits) fits = domain::check_draft(directory, sender, room, draft);
  put_fate(out, draft, fits);
  return out;
}

}  // namespace gantry::integrations
