#pragma once
// One operation's request and reply, free of sockets. A Call is borrowed for the synchronous part
// of a request; what a handler keeps is decoded into values of its own.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/task.h"
#include "dispatch/rate_limiter.h"

namespace gantry::dispatch {

enum class Method { Get, Post, Put, Delete };

std::string_view to_text(Method method);

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// Where the headers of a call are; implemented by who has the connection.
class HeaderSource {
 public:
  virtual ~HeaderSource() = default;
  virtual std::string_view find(std::string_view name) const = 0;  // empty when absent
  virtual HeaderList list() const = 0;                             // names in lower case
};

struct Call {
  Method method = Method::Get;
  std::string_view path;
  std::string_view query;
  std::string& body;
  const HeaderSource& headers;
  std::string_view remote_address;
  std::string_view request_id;
};

// Bytes of its own, shared bytes, or a long body in shared pieces.
using Body = std::variant<std::string, std::shared_ptr<const std::string>,
                          std::vector<std::shared_ptr<const std::string>>>;

struct Reply {
  unsigned status = 200;
  std::string content_type = "application/json";
  HeaderList headers;
  Body body;
  std::optional<RateVerdict> rate;  // when the call was counted; told in headers
};

using Answer = std::variant<Reply, asio::awaitable<Reply>>;

// Whether a call may go on to its handler: yes, no with a reply, or only when a check that takes
// long computing succeeds.
using Admission = std::variant<std::monostate, Reply, Task<void>>;

// The request type of handlers that read bytes themselves: hooks, uploads, pages.
struct RawRequest {
  Method method = Method::Get;
  std::string path;
  std::string query;
  HeaderList headers;  // names in lower case
  std::string body;
  std::string remote_address;
  std::vector<std::pair<std::string, std::string>> path_parameters;

  std::string_view header(std::string_view lower_name) const;
  std::string_view parameter(std::string_view name) const;
};

}  // namespace gantry::dispatch
