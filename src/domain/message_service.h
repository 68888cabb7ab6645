#pragma once
// Posting, sending, changing and removing messages. Source: contract "resources" B.7.

#include "domain/context.h"
#include "domain/file_storage.h"
#include "domain/posting.h"

namespace gantry::domain {

struct MessageEdit {
  RoomId room;
  MessageId message;
  std::string text;
  std::optional<std::vector<std::string>> previewed_urls;
  std::optional<json::object> custom_fields;
};

// Author: as if the message's author removed it.
enum class RemoveAs { Caller, Author };

struct MessageRemoval {
  RoomId room;
  MessageId message;  // or else the message of this file
  UploadId file;
  RemoveAs as = RemoveAs::Caller;
};

class MessageService {
 public:
  MessageService(const Context& context, FileStorage& files) : context_(context), files_(files) {}

  // To all targets or to none; the answer is of the first.
  // Errors: those of post_to_targets_in; Failure "unknown-error" when there is no target.
  Task<PostedTarget> post(Caller caller, MessageDraft draft, std::vector<std::string> targets);
  // Into one room, without joining it. Errors: MessageTextTooLong, Failure "error-invalid-room",
  // and those of check_may_post and post_in.
  Task<Message> send(Caller caller, RoomId room, MessageDraft draft);
  // Unchanged text changes nothing. Errors: Failure for a wrong message or room, ActionNotAllowed,
  // MessageEditingBlocked, MessageSizeExceeded, and those of check_may_post.
  Task<Message> edit(Caller caller, MessageEdit edit);
  // Answers what was removed. Errors: Failure for a wrong message or room, ActionNotAllowed,
  // RoomIsReadOnly.
  Task<Message> remove(Caller caller, MessageRemoval removal);
  // Errors: Failure without text when there is no such message, NotAllowed.
  Task<Message> get(Caller caller, MessageId id);

 private:
  Task<void> remove_files(std::vector<UploadId> uploads);

  const Context context_;
  FileStorage& files_;
};

}  // namespace gantry::domain
