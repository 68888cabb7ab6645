#include "wire/list_parameter.h"

#include <fmt/format.h>

#include "base/json.h"

namespace gantry::wire {
namespace {

// Cuts between characters, so that the answer stays UTF-8.
std::string_view echoed(std::string_view raw) {
  if (raw.size() <= kEchoedBytesMax) return raw;
  std::size_t size = kEchoedBytesMax;
  while (size > 0 && (static_cast<unsigned char>(raw[size]) & 0xC0) == 0x80) --size;
  return raw.substr(0, size);
}

}  // namespace

Error invalid_list_parameter(ErrorCode code, std::string_view name, std::string_view raw,
                             Place at) {
  return Error(code, fmt::format("Invalid {} parameter provided: \"{}\"", name, echoed(raw)), at)
      .with_details(json::object{{"helperMethod", "parseJsonQuery"}});
}

}  // namespace gantry::wire
