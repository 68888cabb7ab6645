// libFuzzer: the first line is the Content-Type, the rest the body. A form that was accepted must
// consist of views into the body, within the limits.

#include <cstdint>
#include <cstdlib>

#include "http/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::http;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  // Most inputs should get past the Content-Type.
  const std::string_view type = line == std::string_view::npos || line == 0
                                    ? "multipart/form-data; boundary=b"
                                    : input.substr(0, line);
  const std::string_view body = line == std::string_view::npos ? input : input.substr(line + 1);
  MultipartLimits limits;
  limits.parts_max = 8;
  limits.part_header_bytes_max = 256;
  const auto outcome = parse_multipart(type, body, limits);
  if (const auto* fault = std::get_if<MultipartFault>(&outcome)) {
    if (to_text(*fault).empty()) std::abort();
    return 0;
  }
  const auto& form = std::get<MultipartForm>(outcome);
  if (form.parts.size() > limits.parts_max) std::abort();
  for (const Part& part : form.parts) {
    if (part.bytes.data() < body.data() ||
        part.bytes.data() + part.bytes.size() > body.data() + body.size()) {
      std::abort();
    }
    if (part.name.size() > limits.name_bytes_max) std::abort();
  }
  return 0;
}
