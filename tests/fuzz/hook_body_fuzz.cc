// Bodies of incoming hooks: the first line is the Content-Type, the rest the body. What is accepted
// can be written as JSON and read again, and is an object where one is wanted.

#include "domain/error_codes.h"
#include "fuzz_support.h"
#include "wire/hook_body.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry;
  using fuzz::require;
  const auto [type, body] = fuzz::split_line(fuzz::to_view(data, size));
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
