#include "domain/message_rules.h"

#include <algorithm>

#include "domain/error_codes.h"

namespace gantry::domain {
namespace {

bool is_late(const Directory& directory, const User& user, const Message& message,
             Setting minutes_setting, Time now) {
  const std::int64_t minutes = directory.settings()->get_int(minutes_setting);
  if (minutes <= 0 || now - message.sent_at <= std::chrono::minutes{minutes}) return false;
  return !directory.has_permission(user, Permission::BypassTimeLimitEditAndDelete, message.room);
}

}  // namespace

Result<void> check_may_edit(const Directory& directory, const User& user, const Message& message,
                            Time now) {
  const bool any = directory.has_permission(user, Permission::EditMessage, message.room);
  const bool own =
      message.author.id == user.id && directory.settings()->get_bool(Setting::MessageAllowEditing);
  if ((!any && !own) || !message.type.empty()) {
    return Error(ErrorCode::ActionNotAllowed, "Message editing not allowed");
  }
  if (is_late(directory, user, message, Setting::MessageEditMinutes, now)) {
    return ErrorCode::MessageEditingBlocked;
  }
  return Done{};
}

Result<void> check_may_remove(const Directory& directory, const User& user, const Room& room,
                              const Message& message, Time now) {
  const auto holds = [&](Permission permission) {
    return directory.has_permission(user, permission, room.id);
  };
  if (holds(Permission::ForceDeleteMessage)) return Done{};
  const bool own = message.author.id == user.id && holds(Permission::DeleteOwnMessage);
  if (!directory.settings()->get_bool(Setting::MessageAllowDeleting) ||
      (!own && !holds(Permission::DeleteMessage)) ||
      is_late(directory, user, message, Setting::MessageDeleteMinutes, now)) {
    return ErrorCode::ActionNotAllowed;
  }
  const bool unmuted =
      std::find(room.unmuted.begin(), room.unmuted.end(), user.username) != room.unmuted.end();
  if (room.read_only && !unmuted && !holds(Permission::PostReadonly)) {
    return Error(ErrorCode::RoomIsReadOnly,
                 "You can't delete messages because the room is readonly.");
  }
  return Done{};
}

}  // namespace gantry::domain
