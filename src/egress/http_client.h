#pragma once
// Requests to addresses that users chose: what is asked, what comes back, and the seam HttpClient.
// Nobody outside this folder opens such a connection. Redirects are followed as fetch follows
// them; each hop is judged by the request's AddressPolicy at the socket.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/task.h"
#include "base/time.h"
#include "egress/address_policy.h"

namespace gantry::egress {

inline constexpr Milliseconds kTimeoutDefault{20'000};
inline constexpr std::size_t kReplyBytesMaxDefault = std::size_t{10} * 1024 * 1024;
inline constexpr unsigned kRedirectsMaxDefault = 20;
inline constexpr std::size_t kUrlBytesMax = 16 * 1024;
inline constexpr std::size_t kRequestHeadersMax = 128;
inline constexpr std::size_t kRequestHeaderBytesMax = std::size_t{64} * 1024;

using Headers = std::vector<std::pair<std::string, std::string>>;

enum class Verify { Yes, No };
// Return hands a 3xx reply to the caller as it is.
enum class Redirects { Follow, Return };

struct HttpRequest {
  std::string method = "GET";
  // http or https. `user:password@` becomes a Basic Authorization header unless one is given.
  std::string url;
  // Sent in this order. Framing headers (Content-Length, Transfer-Encoding, Connection, ...) are
  // left out: the transport owns them.
  Headers headers;
  std::optional<std::string> body;
  // From the first name look-up to the last byte, over all redirects.
  Milliseconds timeout{kTimeoutDefault};
  std::size_t reply_bytes_max = kReplyBytesMaxDefault;  // counted after decompression
  unsigned redirects_max = kRedirectsMaxDefault;
  Redirects redirects = Redirects::Follow;
  Verify verify = Verify::Yes;
  // PEM certificates to trust in place of the client's own, over all redirects; null: those.
  std::shared_ptr<const std::string> ca_certificates;
  // Further headers to drop when a redirect leaves the origin; any case.
  std::vector<std::string> secret_headers;
  AddressPolicy policy;
};

struct HttpTiming {
  using Microseconds = std::chrono::microseconds;
  Microseconds resolved{};    // the last hop's: since its start, zero when not needed
  Microseconds connected{};   // likewise
  Microseconds secured{};     // likewise
  Microseconds first_byte{};  // likewise
  Microseconds total{};       // all hops and waits for a free place between them
  unsigned redirects = 0;
};

struct HttpReply {
  unsigned status = 0;
  Headers headers;  // as received, in order, names in lower case
  std::string body;
  std::string final_url;       // without user, password and fragment
  std::string remote_address;  // "127.0.0.1:80", "[::1]:80"; a proxy's when there is one
  HttpTiming timing;
};

struct HttpFailure {
  enum class Kind {
    InvalidUrl,
    SchemeNotAllowed,
    Blocked,
    NotResolved,
    Refused,
    Reset,
    TimedOut,
    Tls,
    TooLarge,
    TooManyRedirects,
    BadRequest,
    Busy,       // never sent: the queue was full, or its turn did not come in time
    Cancelled,  // the waiting coroutine was cancelled
    ShuttingDown,
    Other,
  };
  static constexpr std::size_t kKinds = static_cast<std::size_t>(Kind::Other) + 1;

  Kind kind = Kind::Other;
  std::string code;  // as Node names it: ECONNREFUSED, ENOTFOUND, ...
  std::string text;  // for people; no secrets, no part of the URL but its host
};

std::string_view to_string(HttpFailure::Kind kind);

using HttpResult = std::variant<HttpReply, HttpFailure>;

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Resumes the caller on its own executor. Cancelling the wait ends the request. Note that Asio's
  // `||` spreads the alternatives of HttpResult over its own variant.
  virtual asio::awaitable<HttpResult> send(HttpRequest request) = 0;
};

}  // namespace gantry::egress
