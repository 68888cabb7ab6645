#pragma once
// rooms.media, rooms.mediaConfirm, rooms.upload, and the download of files. Source: contract "rest"
// 18.

#include "api/upload_form.h"
#include "base/compute_pool.h"
#include "dispatch/routes.h"
#include "domain/upload_service.h"

namespace gantry::api {

struct ConfirmUpload {
  using Open = std::optional<json::value>;

  domain::RoomId room;
  domain::UploadId file;
  Open id, msg, thread, thread_shown, description, file_name, alias, avatar, emoji, groupable;
  Open custom_fields;

  static constexpr auto fields() {
    using wire::field;
    return std::tuple{field("rid", &ConfirmUpload::room),
                      field("fileId", &ConfirmUpload::file),
                      field("_id", &ConfirmUpload::id, "the message's id"),
                      field("msg", &ConfirmUpload::msg, "text beside the file"),
                      field("tmid", &ConfirmUpload::thread, "the message that it answers"),
                      field("tshow", &ConfirmUpload::thread_shown),
                      field("description", &ConfirmUpload::description),
                      field("fileName", &ConfirmUpload::file_name, "renames the file"),
                      field("alias", &ConfirmUpload::alias),
                      field("avatar", &ConfirmUpload::avatar),
                      field("emoji", &ConfirmUpload::emoji),
                      field("groupable", &ConfirmUpload::groupable),
                      field("customFields", &ConfirmUpload::custom_fields)};
  }
};

class UploadsApi {
 public:
  UploadsApi(domain::UploadService& uploads, const domain::Directory& directory, const Clock& clock,
             ComputePool& compute)
      : uploads_(uploads), directory_(directory), clock_(clock), compute_(compute) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> store(domain::Caller caller, dispatch::RawRequest in);
  Task<json::object> confirm(domain::Caller caller, ConfirmUpload in);
  Task<json::object> send(domain::Caller caller, dispatch::RawRequest in);
  Task<dispatch::Reply> download(domain::Caller caller, dispatch::RawRequest in);

  Task<UploadForm> read_form(domain::Caller caller, dispatch::RawRequest in);
  // Browsers fetch pictures with cookies or a token in the address instead of headers.
  domain::Caller identify(domain::Caller caller, const dispatch::RawRequest& in) const;

  domain::UploadService& uploads_;
  const domain::Directory& directory_;
  const Clock& clock_;
  ComputePool& compute_;
};

}  // namespace gantry::api
