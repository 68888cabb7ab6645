#pragma once
// The multipart body of an upload: one file in the field "file", and texts beside it. Source:
// contract "rest" 18.

#include "base/json.h"
#include "base/result.h"
#include "domain/upload_service.h"

namespace gantry::api {

struct UploadForm {
  domain::NewFile file;
  json::object texts;
};

// Looks at the whole body: for the ComputePool.
// Errors: NoFileUploaded, InvalidUploadField, Failure for a body that cannot be read.
Result<UploadForm> read_upload_form(std::string_view content_type, std::string_view body);

// A byte range of one part, as the Range header asks for it.
enum class RangeAnswer { Whole, Part, Unsatisfiable };
struct RangeRequest {
  RangeAnswer answer = RangeAnswer::Whole;
  domain::ByteRange range;
};
// What cannot be read counts as not asked for; so do several ranges at once.
RangeRequest read_range_header(std::string_view header, std::uint64_t size);

}  // namespace gantry::api
