// Bodies of incoming hooks: the first byte chooses a Content-Type and the rest is the body or, of a
// form, its member `payload`; or else the first line is the Content-Type. What is accepted can be
// written as JSON and read again, and is an object where one is wanted.

#include <array>
#include <string>

#include "domain/error_codes.h"
#include "fuzz_support.h"
#include "wire/hook_body.h"

namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::array<std::string_view, 4> kTypes = {kForm, "application/json",
                                                    "multipart/form-data", "text/plain"};
constexpr unsigned char kPayload = kTypes.size();

std::string payload_form(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "payload=";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
  }
  return out;
}

std::pair<std::string_view, std::string> type_and_body(std::string_view input) {
  if (input.empty()) return {};
  const auto chosen = static_cast<unsigned char>(input.front());
  const std::string_view rest = input.substr(1);
  if (chosen == kPayload) return {kForm, payload_form(rest)};
  if (chosen < kTypes.size()) return {kTypes[chosen], std::string(rest)};
  const auto [type, body] = gantry::fuzz::split_line(input);
  return {type, std::string(body)};
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
    require(static_cast<bool>(anything) && anything->content == object->content);
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
