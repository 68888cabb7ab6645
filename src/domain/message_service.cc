#include "domain/message_service.h"

#include "domain/error_codes.h"
#include "domain/message_references.h"
#include "domain/message_rules.h"
#include "domain/message_text.h"
#include "domain/room_access.h"
#include "domain/system_message.h"
#include "domain/thread.h"

namespace gantry::domain {
namespace {

constexpr std::string_view kDeletedType = "rm";

Error no_message(const MessageId& id) {
  return failure("No message found with the id of \"" + id.text + "\".");
}

Result<Message> find_in_room(const Tx& tx, const MessageId& id, const RoomId& room) {
  auto message = tx.messages().find(id);
  if (!message) return no_message(id);
  if (message->room != room) {
    return failure("The room id provided does not match where the message is from.");
  }
  return *std::move(message);
}

Result<Message> find_removed(const Tx& tx, const MessageRemoval& removal) {
  if (removal.file.empty()) return find_in_room(tx, removal.message, removal.room);
  const auto upload = tx.uploads().find(removal.file);
  if (!upload || upload->message.empty() || !tx.messages().find(upload->message)) {
    return failure("No message found with the file id: \"" + removal.file.text + "\".");
  }
  return find_in_room(tx, upload->message, removal.room);
}

Result<Message> edit_in(Tx& tx, const Directory& directory, const User& user,
                        const MessageEdit& edit, Time now) {
  TRY(Message message, find_in_room(tx, edit.message, edit.room));
  const auto room = tx.rooms().find(message.room);
  if (!room) return no_message(edit.message);
  TRY_DO(check_may_post(tx, directory, user, *room));
  TRY_DO(check_may_edit(directory, user, message, now));
  const bool fields_change = edit.custom_fields && *edit.custom_fields != message.custom_fields;
  if (edit.text == message.text && !fields_change && !edit.previewed_urls) return message;
  MessageDraft checked;
  checked.text = edit.text;
  TRY_DO(check_draft(directory, user, *room, checked));
  message.text = edit.text;
  if (edit.custom_fields) message.custom_fields = *edit.custom_fields;
  set_references(directory, message, edit.previewed_urls);
  message.edited_at = message.updated_at = now;
  message.edited_by = to_ref(user);
  tx.messages().update(message);
  TRY_DO(tx.record(MessageSent{std::make_shared<const Message>(message),
                               std::make_shared<const Room>(*room), true}));
  return message;
}

// What stays in the room when deleted messages leave a mark.
void leave_stub(Tx& tx, Message message, const User& user, Time now) {
  Message stub;
  stub.id = message.id;
  stub.room = message.room;
  stub.sent_at = message.sent_at;
  stub.author = std::move(message.author);
  stub.thread = std::move(message.thread);
  stub.type = kDeletedType;
  stub.edited_at = stub.updated_at = now;
  stub.edited_by = to_ref(user);
  tx.messages().update(stub);
}

void recount(Tx& tx, const Message& removed) {
  const RoomActivity activity = tx.rooms().activity_of(removed.room);
  if (activity.last_message != removed.id) {
    tx.rooms().count_messages(removed.room, -1, nullptr);
    return;
  }
  const auto latest = tx.messages().find_latest(removed.room);
  tx.rooms().count_messages(removed.room, -1, latest ? &*latest : nullptr);
  if (!latest) tx.rooms().forget_last_message(removed.room);
}

struct Removed {
  Message message;
  std::vector<UploadId> uploads;
};

std::vector<UploadId> remove_uploads(Tx& tx, const Message& message) {
  std::vector<UploadId> out;
  for (const json::value& file : message.files) {
    UploadId id{text_of(file.as_object(), "_id")};
    const auto upload = tx.uploads().find(id);
    if (!upload || upload->message != message.id) continue;
    tx.uploads().remove(id);
    out.push_back(std::move(id));
  }
  return out;
}

Result<Removed> remove_in(Tx& tx, const Directory& directory, const User& user,
                          const MessageRemoval& removal, Time now) {
  TRY(const Message message, find_removed(tx, removal));
  const auto room = tx.rooms().find(message.room);
  if (!room) return no_message(removal.message);
  const bool own = message.author.id == user.id;
  if (removal.as == RemoveAs::Author && !own &&
      !directory.has_permission(user, Permission::ForceDeleteMessage, room->id)) {
    return failure(
        "Unauthorized. You must have the permission \"force-delete-message\" to delete other's "
        "message as them.");
  }
  const bool is_member = tx.subscriptions().find(room->id, user.id).has_value();
  if (!is_member &&
      (directory.is_member(user.id, room->id) || !can_access(directory, user, *room))) {
    return ErrorCode::ActionNotAllowed;
  }
  TRY_DO(check_may_remove(directory, user, *room, message, now));
  Removed out{message, remove_uploads(tx, message)};
  remove_reply(tx, message);
  if (directory.settings()->get_bool(Setting::MessageShowDeleted)) {
    leave_stub(tx, message, user, now);
  } else {
    tx.messages().remove(message.id);
  }
  recount(tx, message);
  TRY_DO(tx.record(MessageDeleted{std::make_shared<const Message>(message)}));
  return out;
}

}  // namespace

Task<PostedTarget> MessageService::post(Caller caller, MessageDraft draft,
                                        std::vector<std::string> targets) {
  const Directory* directory = &context_.directory;
  const Time now = context_.clock.now();
  using Posted = std::vector<PostedTarget>;
  const std::function<Result<Posted>(Tx&)> work = [directory, user = caller.user, draft, targets,
                                                   now](Tx& tx) -> Result<Posted> {
    return post_to_targets_in(tx, *directory, *user, draft, targets, Separate::No, now);
  };
  CO_TRY(Posted posted, co_await context_.store.write<Posted>(work));
  if (posted.empty()) co_return failure("unknown-error");
  co_return std::move(posted.front());
}

Task<Message> MessageService::send(Caller caller, RoomId room, MessageDraft draft) {
  const Directory* directory = &context_.directory;
  const Time now = context_.clock.now();
  const std::int64_t limit = directory->settings()->get_int(Setting::MessageMaxSize);
  if (limit > 0 && count_characters(draft.text) > static_cast<std::size_t>(limit)) {
    co_return ErrorCode::MessageTextTooLong;
  }
  const std::function<Result<Message>(Tx&)> work = [directory, user = caller.user, room, draft,
                                                    now](Tx& tx) -> Result<Message> {
    const auto found = tx.rooms().find(room);
    if (!found) return failure("error-invalid-room");
    TRY_DO(check_may_post(tx, *directory, *user, *found));
    return post_in(tx, *directory, *user, *found, draft, now);
  };
  co_return co_await context_.store.write<Message>(work);
}

Task<Message> MessageService::edit(Caller caller, MessageEdit edit) {
  const Directory* directory = &context_.directory;
  const Time now = context_.clock.now();
  const std::function<Result<Message>(Tx&)> work = [directory, user = caller.user, edit,
                                                    now](Tx& tx) -> Result<Message> {
    return edit_in(tx, *directory, *user, edit, now);
  };
  co_return co_await context_.store.write<Message>(work);
}

Task<Message> MessageService::remove(Caller caller, MessageRemoval removal) {
  const Directory* directory = &context_.directory;
  const Time now = context_.clock.now();
  const std::function<Result<Removed>(Tx&)> work = [directory, user = caller.user, removal,
                                                    now](Tx& tx) -> Result<Removed> {
    return remove_in(tx, *directory, *user, removal, now);
  };
  CO_TRY(Removed removed, co_await context_.store.write<Removed>(work));
  CO_TRY_DO(co_await remove_files(std::move(removed.uploads)));
  co_return std::move(removed.message);
}

Task<void> MessageService::remove_files(std::vector<UploadId> uploads) {
  if (uploads.empty()) co_return Done{};
  FileStorage* files = &files_;
  const std::function<bool()> work = [files, uploads] {
    for (const UploadId& id : uploads) files->remove(id);
    return true;
  };
  // The message is gone already; a file that stays behind is seen by nobody.
  const auto done = co_await context_.compute.run<bool>(work, ErrorCode::Busy);
  static_cast<void>(done);
  co_return Done{};
}

Task<Message> MessageService::get(Caller caller, MessageId id) {
  const std::function<Result<Message>(const Tx&)> work = [id](const Tx& tx) -> Result<Message> {
    auto message = tx.messages().find(id);
    if (!message) return failure("");
    return *std::move(message);
  };
  CO_TRY(Message message, co_await context_.store.read<Message>(work));
  const auto room = context_.directory.find_room(message.room);
  if (!room || !can_access(context_.directory, *caller.user, *room))
    co_return ErrorCode::NotAllowed;
  co_return message;
}

}  // namespace gantry::domain
