#include "http/multipart.h"

#include <algorithm>

#include "http/header_tokens.h"
#include "http/percent.h"

namespace gantry::http {
namespace {

// RFC 2046, section 5.1.1.
constexpr std::size_t kBoundaryBytesMax = 70;

bool is_boundary(std::string_view text) {
  return !text.empty() && text.size() <= kBoundaryBytesMax && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
         });
}

enum class Delimiter { Next, Closing, None };

// What follows the boundary's text: "--", or blanks and the end of the line, which are taken.
Delimiter take_delimiter_end(std::string_view& rest) {
  if (rest.substr(0, 2) == "--") return Delimiter::Closing;
  const std::size_t end = rest.find_first_not_of(" \t");
  if (end == std::string_view::npos || rest.substr(end, 2) != "\r\n") return Delimiter::None;
  rest.remove_prefix(end + 2);
  return Delimiter::Next;
}

// Takes everything up to and including the next delimiter line. `content` is what was before it.
Delimiter take_to_delimiter(std::string_view& rest, std::string_view delimiter,
                            std::string_view& content) {
  std::size_t from = 0;
  for (;;) {
    const std::size_t at = rest.find(delimiter, from);
    if (at == std::string_view::npos) return Delimiter::None;
    std::string_view after = rest.substr(at + delimiter.size());
    const Delimiter found = take_delimiter_end(after);
    if (found != Delimiter::None) {
      content = rest.substr(0, at);
      rest = after;
      return found;
    }
    from = at + delimiter.size();
  }
}

// RFC 5987: charset'language'percent-encoded. Only UTF-8 is read.
std::optional<std::string> decode_extended(std::string_view value) {
  const std::size_t first = value.find('\'');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = value.find('\'', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (!equals_ignoring_case(value.substr(0, first), "utf-8")) return std::nullopt;
  return percent_decode(value.substr(second + 1));
}

// Browsers write a quote and line ends in names as %22, %0D and %0A and leave all else alone.
std::string decode_name(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view three = text.substr(i, 3);
    if (three == "%22") {
      out += '"';
    } else if (three == "%0D" || three == "%0d") {
      out += '\r';
    } else if (three == "%0A" || three == "%0a") {
      out += '\n';
    } else {
      out += text[i];
      continue;
    }
    i += 2;
  }
  return out;
}

std::optional<MultipartFault> read_disposition(std::string_view value,
                                               const MultipartLimits& limits, Part& part) {
  const auto parsed = parse_header_value(value);
  if (!parsed || parsed->text != "form-data") return MultipartFault::Malformed;
  const std::string* name = parsed->find("name");
  if (name == nullptr) return MultipartFault::Malformed;
  part.name = decode_name(*name);
  if (const std::string* filename = parsed->find("filename")) {
    part.filename = decode_name(*filename);
  }
  if (const std::string* extended = parsed->find("filename*")) {
    if (auto decoded = decode_extended(*extended)) part.filename = std::move(*decoded);
  }
  if (!is_valid_utf8(part.name) || (part.filename && !is_valid_utf8(*part.filename))) {
    return MultipartFault::Malformed;
  }
  const std::size_t filename_size = part.filename ? part.filename->size() : 0;
  if (std::max(part.name.size(), filename_size) > limits.name_bytes_max) {
    return MultipartFault::HeaderTooLarge;
  }
  return std::nullopt;
}

std::optional<MultipartFault> read_headers(std::string_view head, const MultipartLimits& limits,
                                           Part& part) {
  std::size_t count = 0;
  bool named = false;
  while (!head.empty()) {
    if (++count > limits.part_headers_max) return MultipartFault::HeaderTooLarge;
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return MultipartFault::Malformed;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (equals_ignoring_case(name, "content-disposition")) {
      if (const auto fault = read_disposition(value, limits, part)) return fault;
      named = true;
    } else if (equals_ignoring_case(name, "content-type")) {
      part.content_type = value;
    }
  }
  if (!named) return MultipartFault::Malformed;
  return std::nullopt;
}

// Splits "headers, empty line, content" and reads the headers.
std::optional<MultipartFault> read_part(std::string_view content, const MultipartLimits& limits,
                                        Part& part) {
  const std::string_view window = content.substr(0, limits.part_header_bytes_max + 4);
  const std::size_t end = window.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return window.size() < content.size() ? MultipartFault::HeaderTooLarge
                                          : MultipartFault::Malformed;
  }
  part.bytes = content.substr(end + 4);
  return read_headers(content.substr(0, end), limits, part);
}

}  // namespace

const Part* MultipartForm::find(std::string_view name) const {
  for (const Part& part : parts) {
    if (part.name == name) return &part;
  }
  return nullptr;
}

std::string_view to_text(MultipartFault fault) {
  switch (fault) {
    case MultipartFault::NotMultipart:
      return "the body is not multipart/form-data with a boundary";
    case MultipartFault::Malformed:
      return "the multipart body is malformed";
    case MultipartFault::Truncated:
      return "the multipart body ends before its closing boundary";
    case MultipartFault::TooManyParts:
      return "the multipart body has too many parts";
    case MultipartFault::HeaderTooLarge:
      return "a part of the multipart body has too large headers";
  }
  return "the multipart body is malformed";
}

std::variant<MultipartForm, MultipartFault> parse_multipart(std::string_view content_type,
                                                            std::string_view body,
                                                            const MultipartLimits& limits) {
  const auto type = parse_media_type(content_type);
  if (!type || type->text != "multipart/form-data") return MultipartFault::NotMultipart;
  const std::string* boundary = type->find("boundary");
  if (boundary == nullptr || !is_boundary(*boundary)) return MultipartFault::NotMultipart;

  const std::string delimiter = "\r\n--" + *boundary;
  std::string_view rest = body;
  std::string_view content;
  Delimiter found = Delimiter::None;
  // The first boundary needs no line end before it.
  if (rest.substr(0, delimiter.size() - 2) == std::string_view(delimiter).substr(2)) {
    std::string_view after = rest.substr(delimiter.size() - 2);
    found = take_delimiter_end(after);
    if (found == Delimiter::Next) rest = after;
  }
  if (found == Delimiter::None) found = take_to_delimiter(rest, delimiter, content);
  if (found == Delimiter::None) return MultipartFault::Malformed;

  MultipartForm form;
  while (found == Delimiter::Next) {
    if (form.parts.size() == limits.parts_max) return MultipartFault::TooManyParts;
    found = take_to_delimiter(rest, delimiter, content);
    if (found == Delimiter::None) return MultipartFault::Truncated;
    Part part;
    if (const auto fault = read_part(content, limits, part)) return *fault;
    form.parts.push_back(std::move(part));
  }
  return form;
}

}  // namespace gantry::http
