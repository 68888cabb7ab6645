#pragma once
// The head of a request of the plainest kind, as clients send nearly all the time: a complete
// "GET target HTTP/1.1" with printable headers, of which none says how a body is framed or what
// becomes of the connection. Everything else, whatever is malformed included, is not plain and left
// to the full grammar; so nothing is judged here.

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace gantry::http {

struct PlainHead {
  static constexpr std::size_t kHeadersMax = 32;

  std::string_view target;
  std::array<std::pair<std::string_view, std::string_view>, kHeadersMax> headers;  // name, value
  std::size_t header_count = 0;
  std::size_t bytes = 0;  // of the whole head
};

// Views into `bytes`.
bool read_plain_head(std::string_view bytes, PlainHead& out);

}  // namespace gantry::http
