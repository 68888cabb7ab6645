#pragma once
// The status line and headers of a reply, written into a buffer that the connection reuses.

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/options.h"

namespace gantry::http {

enum class KeepAlive {
  Implied,  // HTTP/1.1
  Said,     // HTTP/1.0
  No,
};

struct ReplyHead {
  KeepAlive keep_alive = KeepAlive::Implied;
  // Nothing for replies that have none by their status.
  std::optional<std::size_t> content_length;
  bool gzipped = false;
  bool varies_by_encoding = false;
};

// The security headers of every reply, composed once a server.
class SecurityBlock {
 public:
  explicit SecurityBlock(const SecurityHeaders& headers);

  std::string_view all() const { return all_; }
  // Those that the reply does not bring itself.
  void append_missing(std::string& out, const Headers& headers) const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;  // name, whole line
  std::string all_;
};

std::string_view reason_of(unsigned status);

// Headers that belong to the server (Content-Length, Connection, Date, Transfer-Encoding) or that
// hold control characters are left out.
void compose_head(std::string& out, const Response& reply, const ReplyHead& head,
                  const SecurityBlock& security);

// What the server itself answers to a request that never reaches the service.
Response plain_reply(unsigned status);

}  // namespace gantry::http
