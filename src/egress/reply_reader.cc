#include "egress/reply_reader.h"

#include <algorithm>
#include <charconv>

#include "egress/redirect.h"
#include "egress/request_check.h"
#include "egress/text.h"

namespace gantry::egress {

void ReplyReader::begin(std::string_view method, std::size_t body_bytes_max, Redirects redirects) {
  *this = ReplyReader{};
  body_bytes_max_ = body_bytes_max;
  redirects_ = redirects;
  body_expected_ = method != "HEAD";
}

const std::string* ReplyReader::find_location() const {
  if (redirects_ == Redirects::Return || !is_redirect(reply_.status)) return nullptr;
  const std::string* location = find_header(reply_.headers, "location");
  return location == nullptr || location->empty() ? nullptr : location;
}

bool ReplyReader::stop_because(Stop reason) {
  stop_ = reason;
  return false;
}

// Interim replies (1xx) come first; only the headers of the last reply stay.
bool ReplyReader::take_status_line(std::string_view line) {
  reply_.headers.clear();
  reply_.status = 0;
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return true;
  const std::string_view digits = line.substr(space + 1, 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), reply_.status);
  return true;
}

bool ReplyReader::take_end_of_headers() {
  if (reply_.status < 200) return true;
  headers_ended_ = true;
  skips_body_ = find_location() != nullptr;
  if (skips_body_ || !body_expected_) return true;
  const std::string* length = find_header(reply_.headers, "content-length");
  if (length == nullptr) return true;
  // Who takes the other one would read something else out of the same bytes.
  for (const auto& [name, value] : reply_.headers) {
    if (name == "content-length" && value != *length) return stop_because(Stop::TwoLengths);
  }
  std::size_t bytes = 0;
  const auto [end, code] = std::from_chars(length->data(), length->data() + length->size(), bytes);
  if (end == length->data()) return true;
  if (code != std::errc{} || bytes > body_bytes_max_) return stop_because(Stop::BodyTooLarge);
  reply_.body.reserve(std::min(bytes, kBodyReserveBytesMax));
  return true;
}

bool ReplyReader::take_header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kReplyHeaderBytesMax) return stop_because(Stop::HeadersTooLarge);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (headers_ended_) return true;  // trailers are counted, not kept
  if (line.starts_with("HTTP/")) return take_status_line(line);
  if (line.empty()) return take_end_of_headers();
  Headers& headers = reply_.headers;
  const bool folded = line.front() == ' ' || line.front() == '\t';
  if (folded && !headers.empty()) {
    headers.back().second.append(" ").append(trimmed(line));
    return true;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  if (headers.size() == kReplyHeadersMax) return stop_because(Stop::HeadersTooLarge);
  headers.emplace_back(to_lower(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
  return true;
}

bool ReplyReader::take_body(std::string_view bytes) {
  if (skips_body_) {
    skipped_bytes_ += bytes.size();
    return skipped_bytes_ <= kRedirectBodyBytesMax || stop_because(Stop::RedirectBodySkipped);
  }
  if (bytes.size() > body_bytes_max_ - reply_.body.size()) {
    return stop_because(Stop::BodyTooLarge);
  }
  reply_.body.append(bytes);
  return true;
}

std::size_t ReplyReader::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& reader = *static_cast<ReplyReader*>(self);
  return reader.take_header_line({bytes, size * count}) ? size * count : 0;
}

std::size_t ReplyReader::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& reader = *static_cast<ReplyReader*>(self);
  // Returning 0 for 0 bytes would not stop anything, and any other short count stops libcurl.
  return reader.take_body({bytes, size * count}) ? size * count : 0;
}

}  // namespace gantry::egress
