#pragma once
// multipart/form-data bodies that are in memory already. Parts are views into the body, which has
// to outlive the form.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gantry::http {

struct MultipartLimits {
  std::size_t parts_max = 100;
  std::size_t part_header_bytes_max = 8 * 1024;
  std::size_t part_headers_max = 16;
  std::size_t name_bytes_max = 1024;  // of the field's name and of the file's
};

struct Part {
  std::string name;
  std::optional<std::string> filename;  // present, perhaps empty, for files
  std::string content_type;             // as sent; empty when absent
  std::string_view bytes;
};

struct MultipartForm {
  std::vector<Part> parts;

  // The first part of the name, or null.
  const Part* find(std::string_view name) const;
};

enum class MultipartFault {
  NotMultipart,  // the Content-Type is another, or its boundary is missing or malformed
  Malformed,     // no first boundary, a broken header or a part without a name
  Truncated,     // the closing boundary is missing
  TooManyParts,
  HeaderTooLarge,
};

std::string_view to_text(MultipartFault fault);

std::variant<MultipartForm, MultipartFault> parse_multipart(std::string_view content_type,
                                                            std::string_view body,
                                                            const MultipartLimits& limits = {});

}  // namespace gantry::http
