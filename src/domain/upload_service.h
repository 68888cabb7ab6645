#pragma once
// Files: uploaded first, then shown by a message. A file without a message is seen by its uploader
// alone and goes after a day. Source: contract "rest" 18.

#include <functional>

#include "domain/context.h"
#include "domain/file_storage.h"
#include "domain/message_draft.h"

namespace gantry::domain {

struct NewFile {
  std::string name;
  std::string type;  // media type
  std::string bytes;
};

// How a file is shown. Domain does not know the protocol's form of attachments, so the draft is
// made by who does, once the file's record is known. Runs inside the transaction.
struct FileMessage {
  std::function<MessageDraft(const Upload&)> to_draft;
  std::optional<std::string> file_name;  // renames the file
};

class UploadService {
 public:
  UploadService(const Context& context, FileStorage& files) : context_(context), files_(files) {}

  // Whether a file may be sent there at all, before its bytes are looked at.
  // Errors: Refused, FileUploadDisabled, DirectFileUploadDisabled.
  Result<void> check_room(const Caller& caller, const RoomId& room) const;

  // Errors: those of check_room, FileTooLarge, InvalidFileType, StorageFull, StorageFailed, Busy.
  Task<Upload> store(Caller caller, RoomId room, NewFile file);
  // Shows a stored file of the caller. Errors: Refused, InvalidFile, and those of posting.
  Task<Message> confirm(Caller caller, RoomId room, UploadId file, FileMessage message);

  // The file, when the caller may have it; nobody in particular when files are not protected.
  // Errors: Refused, NotFound.
  Task<Upload> find(Caller caller, UploadId id);
  // Of a file that find() gave. Errors: NotFound, StorageFailed, Busy.
  Task<std::string> read(UploadId id, ByteRange range);

 private:
  Result<void> check_file(const NewFile& file) const;
  Task<void> put(UploadId id, std::shared_ptr<const std::string> bytes);
  Task<void> remove_bytes(std::vector<UploadId> ids);
  bool may_read(const Caller& caller, const Upload& upload) const;

  const Context context_;
  FileStorage& files_;
};

}  // namespace gantry::domain
