#include "api/upload_form.h"

#include <algorithm>
#include <charconv>

#include "domain/error_codes.h"
#include "http/multipart.h"

namespace gantry::api {
namespace {

constexpr std::string_view kFileField = "file";
constexpr std::string_view kUnknownType = "application/octet-stream";
constexpr std::size_t kTextBytesMax = 1024 * 1024;  // of the texts beside the file, each

// "image/png; name=x" is of the type image/png.
std::string media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  const bool sound = type.find('/') != std::string_view::npos &&
                     type.find_first_of(" \t\r\n\"<>") == std::string_view::npos;
  return std::string(sound ? type : kUnknownType);
}

// The last part of what may be a path.
std::string base_name(const std::string& name) {
  return name.substr(name.find_last_of("/\\") + 1);
}

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

Result<UploadForm> read_upload_form(std::string_view content_type, std::string_view body) {
  const auto parsed = http::parse_multipart(content_type, body);
  if (const auto* fault = std::get_if<http::MultipartFault>(&parsed)) {
    if (*fault == http::MultipartFault::NotMultipart) return ErrorCode::NoFileUploaded;
    return failure("The upload cannot be read: " + std::string(http::to_text(*fault)));
  }
  UploadForm out;
  const http::Part* file = nullptr;
  for (const http::Part& part : std::get<http::MultipartForm>(parsed).parts) {
    if (part.filename) {
      if (part.name != kFileField) return ErrorCode::InvalidUploadField;
      if (file != nullptr) return failure("Just 1 file is allowed");
      file = &part;
    } else if (part.bytes.size() <= kTextBytesMax) {
      out.texts[part.name] = part.bytes;
    } else {
      return failure("The field " + part.name + " is too long");
    }
  }
  if (file == nullptr) return ErrorCode::NoFileUploaded;
  out.file = {base_name(*file->filename), media_type(file->content_type), std::string(file->bytes)};
  return out;
}

RangeRequest read_range_header(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return {};
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = to_number(header.substr(0, dash));
  const auto last = to_number(header.substr(dash + 1));
  const bool open_end = dash + 1 == header.size();
  if (dash == 0 && last) {
    const std::uint64_t count = std::min(*last, size);
    if (count == 0) return {RangeAnswer::Unsatisfiable, {}};
    return {RangeAnswer::Part, {size - count, count}};
  }
  if (!first || (!last && !open_end) || (last && *last < *first)) return {};
  if (*first >= size) return {RangeAnswer::Unsatisfiable, {}};
  const std::uint64_t end = std::min(last.value_or(size - 1), size - 1);
  return {RangeAnswer::Part, {*first, end - *first + 1}};
}

}  // namespace gantry::api
