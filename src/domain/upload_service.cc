#include "domain/upload_service.h"

#include <algorithm>

#include "domain/error_codes.h"
#include "domain/posting.h"
#include "domain/room_access.h"

namespace gantry::domain {
namespace {

constexpr std::chrono::hours kUnconfirmedLifetime{24};
// How many abandoned files one upload takes along.
constexpr std::int64_t kAbandonedPerUpload = 10;
constexpr std::size_t kFileNameBytesMax = 255;
constexpr std::string_view kUnnamed = "file";

// "image/png" is of "image/png" and of "image/*".
bool lists_type(std::string_view list, std::string_view type) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string one = to_lower(list.substr(0, comma));
    std::erase(one, ' ');
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (one == type || one == "*/*") return true;
    if (one.ends_with("/*") && type.starts_with(one.substr(0, one.size() - 1))) return true;
  }
  return false;
}

// Names are shown and offered for saving: no control characters, not longer than file systems take,
// cut between characters.
std::string clean_name(std::string name) {
  std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (name.size() > kFileNameBytesMax) {
    std::size_t end = kFileNameBytesMax;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
    name.resize(end);
  }
  return is_blank(name) ? std::string(kUnnamed) : name;
}

}  // namespace

Result<void> UploadService::check_room(const Caller& caller, const RoomId& id) const {
  const auto room = context_.directory.find_room(id);
  if (!room || !can_access(context_.directory, *caller.user, *room)) return ErrorCode::Refused;
  const auto settings = context_.directory.settings();
  if (!settings->get_bool(Setting::FileUploadEnabled)) return ErrorCode::FileUploadDisabled;
  if (room->type == RoomType::Direct && !settings->get_bool(Setting::FileUploadInDirect)) {
    return ErrorCode::DirectFileUploadDisabled;
  }
  return Done{};
}

Result<void> UploadService::check_file(const NewFile& file) const {
  const auto settings = context_.directory.settings();
  const std::int64_t limit = settings->get_int(Setting::FileUploadMaxSize);
  if (limit >= 0 && file.bytes.size() > static_cast<std::size_t>(limit)) {
    return Error(ErrorCode::FileTooLarge,
                 "File exceeds allowed size of " + std::to_string(limit) + " bytes");
  }
  const std::string_view allowed = settings->get_text(Setting::FileUploadAllowedTypes);
  const std::string_view blocked = settings->get_text(Setting::FileUploadBlockedTypes);
  if ((!is_blank(allowed) && !lists_type(allowed, file.type)) || lists_type(blocked, file.type)) {
    return ErrorCode::InvalidFileType;
  }
  return Done{};
}

Task<Upload> UploadService::store(Caller caller, RoomId room, NewFile file) {
  CO_TRY_DO(check_room(caller, room));
  file.type = to_lower(file.type);
  CO_TRY_DO(check_file(file));
  const Time now = context_.clock.now();
  Upload upload;
  upload.id = new_id<UploadId>();
  upload.room = room;
  upload.user = caller.id();
  upload.name = clean_name(std::move(file.name));
  upload.type = std::move(file.type);
  upload.size_bytes = static_cast<std::int64_t>(file.bytes.size());
  upload.uploaded_at = now;
  CO_TRY_DO(co_await put(upload.id, std::make_shared<const std::string>(std::move(file.bytes))));

  using Ids = std::vector<UploadId>;
  const std::function<Result<Ids>(Tx&)> work = [upload, now](Tx& tx) -> Result<Ids> {
    Ids abandoned;
    for (Upload& old :
         tx.uploads().list_abandoned(now - kUnconfirmedLifetime, kAbandonedPerUpload)) {
      tx.uploads().remove(old.id);
      abandoned.push_back(std::move(old.id));
    }
    if (!tx.rooms().find(upload.room)) return ErrorCode::Refused;
    tx.uploads().insert(upload);
    return abandoned;
  };
  Result<Ids> gone = co_await context_.store.write<Ids>(work);
  const Ids unwanted = gone ? *gone : Ids{upload.id};
  CO_TRY_DO(co_await remove_bytes(unwanted));
  if (!gone) co_return std::move(gone).error();
  co_return upload;
}

Task<Message> UploadService::confirm(Caller caller, RoomId room, UploadId file,
                                     FileMessage message) {
  const Directory* directory = &context_.directory;
  const auto known = directory->find_room(room);
  if (!known || !can_access(*directory, *caller.user, *known)) co_return ErrorCode::Refused;
  const Time now = context_.clock.now();
  const std::function<Result<Message>(Tx&)> work = [directory, user = caller.user, room, file,
                                                    message, now](Tx& tx) -> Result<Message> {
    auto upload = tx.uploads().find(file);
    if (!upload || upload->confirmed || upload->room != room || upload->user != user->id) {
      return ErrorCode::InvalidFile;
    }
    const auto found = tx.rooms().find(room);
    if (!found) return ErrorCode::Refused;
    if (message.file_name) upload->name = clean_name(*message.file_name);
    TRY_DO(check_may_post(tx, *directory, *user, *found));
    TRY(Message posted, post_in(tx, *directory, *user, *found, message.to_draft(*upload), now));
    upload->confirmed = true;
    upload->message = posted.id;
    tx.uploads().update(*upload);
    return posted;
  };
  co_return co_await context_.store.write<Message>(work);
}

bool UploadService::may_read(const Caller& caller, const Upload& upload) const {
  if (!context_.directory.settings()->get_bool(Setting::FileUploadProtect)) {
    return upload.confirmed || (caller.logged_in() && caller.id() == upload.user);
  }
  if (!caller.logged_in()) return false;
  if (!upload.confirmed) return caller.id() == upload.user;
  const auto room = context_.directory.find_room(upload.room);
  return room && can_access(context_.directory, *caller.user, *room);
}

Task<Upload> UploadService::find(Caller caller, UploadId id) {
  // Whoever may not read it does not learn whether it is there.
  const bool needs_login = context_.directory.settings()->get_bool(Setting::FileUploadProtect);
  if (needs_login && !caller.logged_in()) co_return ErrorCode::Refused;
  using Found = std::optional<Upload>;
  const std::function<Result<Found>(const Tx&)> work = [id](const Tx& tx) -> Result<Found> {
    return tx.uploads().find(id);
  };
  CO_TRY(Found upload, co_await context_.store.read<Found>(work));
  if (!upload) co_return ErrorCode::NotFound;
  if (!may_read(caller, *upload)) co_return ErrorCode::Refused;
  co_return *std::move(upload);
}

Task<std::string> UploadService::read(UploadId id, ByteRange range) {
  FileStorage* files = &files_;
  using Bytes = Result<std::string>;
  const std::function<Bytes()> work = [files, id, range] { return files->read(id, range); };
  CO_TRY(Bytes bytes, co_await context_.compute.run<Bytes>(work, ErrorCode::Busy));
  co_return bytes;
}

Task<void> UploadService::put(UploadId id, std::shared_ptr<const std::string> bytes) {
  FileStorage* files = &files_;
  using Stored = Result<void>;
  const std::function<Stored()> work = [files, id, bytes] { return files->put(id, *bytes); };
  CO_TRY(Stored stored, co_await context_.compute.run<Stored>(work, ErrorCode::Busy));
  co_return stored;
}

Task<void> UploadService::remove_bytes(std::vector<UploadId> ids) {
  if (ids.empty()) co_return Done{};
  FileStorage* files = &files_;
  const std::function<bool()> work = [files, ids] {
    for (const UploadId& id : ids) files->remove(id);
    return true;
  };
  // Their records are gone: a file that stays behind is seen by nobody.
  const auto done = co_await context_.compute.run<bool>(work, ErrorCode::Busy);
  static_cast<void>(done);
  co_return Done{};
}

}  // namespace gantry::domain
