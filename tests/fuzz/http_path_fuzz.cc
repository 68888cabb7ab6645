// libFuzzer: targets below a prefix, percent-decoding and the values of headers. What comes out
// must be UTF-8 and must survive encoding and decoding again.

#include <cstdint>
#include <cstdlib>

#include "http/client_address.h"
#include "http/header_tokens.h"
#include "http/percent.h"
#include "http/target.h"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gantry::http;
  const std::string_view input(reinterpret_cast<const char*>(data), size);

  for (const std::string_view prefix : {"", "/chat"}) {
    std::string target;
    std::size_t path_size = 0;
    if (read_target(input, prefix, target, path_size) != TargetKind::Inside) continue;
    expect(!target.empty() && (target[0] == '/' || target == "*"));
    expect(path_size > 0 && path_size <= target.size());
    expect(path_size == target.size() || target[path_size] == '?');
    const auto segments = path_segments(std::string_view(target).substr(0, path_size));
    if (!segments) continue;
    expect(segments->size() <= kPathSegmentsMax);
    for (const std::string& segment : *segments) {
      expect(is_valid_utf8(segment));
      expect(percent_decode(percent_encode(segment)) == segment);
    }
  }

  if (const auto decoded = percent_decode(input)) {
    expect(is_valid_utf8(*decoded));
    expect(percent_decode(percent_encode(*decoded)) == *decoded);
  }
  expect(is_valid_utf8(form_decode(input)));
  if (const auto type = parse_media_type(input)) {
    expect(type->text.find('/') != std::string::npos);
    expect(type->parameters.size() <= kHeaderParametersMax);
  }
  accepts_gzip(input);
  if (const auto address = parse_address(input)) expect(parse_address(*address) == *address);
  return 0;
}
