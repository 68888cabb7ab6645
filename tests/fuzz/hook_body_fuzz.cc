// Bodies of incoming hooks: the first byte chooses a Content-Type and the rest is the body, or else
// the first line is the Content-Type. What is accepted can be written as JSON and read again, and
// is an object where one is wanted.

#include <array>

#include "domain/error_codes.h"
#include "fuzz_support.h"
#include "wire/hook_body.h"

namespace {

constexpr std::array<std::string_view, 4> kTypes = {
    "application/x-www-form-urlencoded", "application/json", "multipart/form-data", "text/plain"};

std::pair<std::string_view, std::string_view> type_and_body(std::string_view input) {
  if (input.empty()) return {};
  const auto chosen = static_cast<unsigned char>(input.front());
  if (chosen < kTypes.size()) return {kTypes[chosen], input.substr(1)};
  return gantry::fuzz::split_line(input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry;
  using fuzz::require;
  const auto [type, body] = type_and_body(fuzz::to_view(data, size));
  const auto anything = wire::read_hook_body(type, body, wire::WantedBody::Anything);
  const auto object = wire::read_hook_body(type, body, wire::WantedBody::Object);
  if (object) {
    require(object->content.is_object());
    // What is not JSON may mean more to a script.
    require(static_cast<bool>(anything) &&
            (object->empty() || anything->content == object->content));
  }
  if (anything) {
    // One level more than was let in: what a form's field holds.
    const JsonLimits deeper{.depth_max = JsonLimits{}.depth_max + 2};
    require(parse_json(to_json_text(anything->content), deeper).has_value());
  } else {
    require(!text_of(anything.error()).empty());
  }
  return 0;
}
