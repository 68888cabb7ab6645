#pragma once
// One HTTP/1 request after another out of a stream of bytes. Plain heads are read at once
// (plain_head.h); for all others Beast's parser does the grammar. Here are the limits, what it
// leaves open (request smuggling, trailers) and the move into Request.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/options.h"

namespace gantry::http {

class RequestParser {
 public:
  enum class Step {
    NeedMore,
    Head,    // the headers are there; the caller may refuse before the body is read
    Done,    // the request can be taken
    Failed,  // failure() says why; the stream cannot be used any more
  };

  // What the connection has to know besides the request.
  struct Facts {
    bool http11 = true;
    bool keep_alive = true;
    bool accepts_gzip = false;
    bool has_body = false;
    bool outside_prefix = false;
    bool expects_continue = false;
    std::optional<std::uint64_t> content_length;
    std::string real_ip;
    std::string forwarded_for;  // several headers joined by commas
  };

  // Both outlive the parser.
  RequestParser(const Limits& limits, const std::string& prefix);
  ~RequestParser();

  // For the next request.
  void reset();
  // Takes bytes from the front; `used` says how many. What is left has to come again, followed by
  // more, except after Done.
  Step advance(std::string_view bytes, std::size_t& used);

  // Whether bytes of the current request were taken.
  bool started() const { return head_bytes_ > 0; }
  bool head_done() const { return head_done_; }
  unsigned failure() const { return failure_; }
  const Facts& facts() const { return facts_; }
  Request& request() { return request_; }
  void set_body_bytes_max(std::size_t bytes) { body_bytes_max_ = bytes; }

 private:
  class Grammar;

  Step fail(unsigned status);
  bool take_plain_head(std::string_view bytes, std::size_t& taken);
  void note_field(std::string_view name, std::string_view value);

  const Limits& limits_;
  const std::string& prefix_;
  std::unique_ptr<Grammar> grammar_;
  Request request_;
  Facts facts_;
  std::size_t body_bytes_max_ = 0;
  std::size_t head_bytes_ = 0;
  std::size_t framing_bytes_ = 0;  // chunk headers and trailers
  std::size_t header_count_ = 0;
  std::size_t host_count_ = 0;
  unsigned failure_ = 0;
  bool head_done_ = false;
  bool plain_ = false;         // the head was plain, so the request ends with it
  bool grammar_used_ = false;  // since the last reset
};

}  // namespace gantry::http
