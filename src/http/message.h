#pragma once
// HTTP requests and replies as the rest of the server sees them. This layer moves bytes and paths
// and knows nothing of users.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/task.h"

namespace gantry::http {

enum class Method { Get, Head, Post, Put, Patch, Delete, Options, Other };

std::string_view to_text(Method method);

struct Header {
  std::string name;
  std::string value;
};

class Headers {
 public:
  // The first value of the name, without case; empty when absent.
  std::string_view find(std::string_view name) const;
  void add(std::string name, std::string value) {
    list_.push_back({std::move(name), std::move(value)});
  }
  void reserve(std::size_t count) { list_.reserve(count); }
  bool empty() const { return list_.empty(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }

 private:
  std::vector<Header> list_;
};

struct Request {
  Method method = Method::Other;
  std::string target;         // path and query as sent, without the prefix of ROOT_URL
  std::size_t path_size = 0;  // where the path ends in target
  Headers headers;
  std::string body;
  std::string remote_address;  // after HTTP_FORWARDED_COUNT
  bool secure = false;         // arrived over TLS
  std::string id;              // unique per request, in logs and internal errors

  std::string_view path() const { return std::string_view(target).substr(0, path_size); }
  // Without '?'.
  std::string_view query() const {
    return path_size < target.size() ? std::string_view(target).substr(path_size + 1)
                                     : std::string_view{};
  }
};

// A long body in pieces that others own: sent one after another, never joined or compressed.
using Pieces = std::vector<std::shared_ptr<const std::string>>;

struct Response {
  unsigned status = 200;
  // Content-Length, Connection, Date and the security headers are added by the server.
  Headers headers;
  // Whole header lines in their form on the wire, written by the service itself; of text that came
  // from elsewhere a header is made.
  std::string lines;
  std::string content_type;  // empty: no such header
  // Shared bodies are sent as they are, without a copy.
  std::variant<std::string, std::shared_ptr<const std::string>, Pieces> body;

  // Of a body in pieces: empty.
  std::string_view bytes() const {
    if (const auto* own = std::get_if<std::string>(&body)) return *own;
    if (const auto* shared = std::get_if<1>(&body)) return **shared;
    return {};
  }
  std::size_t body_size() const {
    const auto* pieces = std::get_if<Pieces>(&body);
    if (pieces == nullptr) return bytes().size();
    std::size_t size = 0;
    for (const auto& piece : *pieces) size += piece->size();
    return size;
  }
};

// A reply, or the coroutine that will give it. What needs no waiting costs no coroutine frame.
using Answer = std::variant<Response, asio::awaitable<Response>>;

class Service {
 public:
  virtual ~Service() = default;
  // The largest body accepted for this request; a larger one is answered 413 without being read.
  virtual std::size_t body_bytes_max(Method method, std::string_view path) const = 0;
  virtual Answer serve(Request request) = 0;
};

}  // namespace gantry::http
