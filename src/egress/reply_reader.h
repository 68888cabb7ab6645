#pragma once
// Takes the bytes of one reply from libcurl and stops it as soon as a limit is passed: header
// bytes, header count, body bytes after decompression. Used on the loop's thread only.

#include <cstddef>
#include <string_view>

#include "egress/http_client.h"

namespace gantry::egress {

inline constexpr std::size_t kReplyHeaderBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kReplyHeadersMax = 256;
// A redirect's body is nobody's; a short one is read to keep the connection.
inline constexpr std::size_t kRedirectBodyBytesMax = std::size_t{16} * 1024;
inline constexpr std::size_t kBodyReserveBytesMax = std::size_t{256} * 1024;

class ReplyReader {
 public:
  enum class Stop { None, HeadersTooLarge, TwoLengths, BodyTooLarge, RedirectBodySkipped };

  void begin(std::string_view method, std::size_t body_bytes_max, Redirects redirects);
  Stop stop() const { return stop_; }
  // Where the reply leads, when it is a redirect to be followed; else null.
  const std::string* find_location() const;
  HttpReply& reply() { return reply_; }

  // The signatures of libcurl; `self` is the reader.
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);

 private:
  bool take_header_line(std::string_view line);
  bool take_status_line(std::string_view line);
  bool take_end_of_headers();
  bool take_body(std::string_view bytes);
  bool stop_because(Stop reason);

  HttpReply reply_;
  Stop stop_ = Stop::None;
  Redirects redirects_ = Redirects::Follow;
  bool body_expected_ = true;
  bool headers_ended_ = false;
  bool skips_body_ = false;
  std::size_t body_bytes_max_ = 0;
  std::size_t header_bytes_ = 0;
  std::size_t skipped_bytes_ = 0;
};

}  // namespace gantry::egress
