#pragma once
// Messages and uploaded files in the protocol's form. Source: contract "resources" A.4 and A.6.

#include "base/json.h"
#include "domain/message.h"

namespace gantry::wire {

json::object to_json(const domain::Message& message);
json::array to_json(const std::vector<domain::Message>& messages);

// As the posting operations answer it: `attachments` is always there.
json::object to_posted_json(const domain::Message& message);

// What is told of a message that is gone.
json::object to_removed_json(const domain::Message& message);

// `uploader` is null when the account is gone.
json::object to_json(const domain::Upload& upload, const domain::UserRef* uploader);

// "/file-upload/<id>/<name>", percent-encoded.
std::string file_path(const domain::Upload& upload);

// The shape of `file` and of the items of `files` in a message.
json::object to_file_json(const domain::Upload& upload);
// The attachment that shows the file.
json::object to_attachment_json(const domain::Upload& upload, std::string_view description);

}  // namespace gantry::wire
