#pragma once
// The HTTP server: listens, and gives each connection's requests to a Service.
//
// Thread safe; everything runs on the threads that run the io_context, none of which it blocks.
// The Service and the io_context outlive the server and its connections.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "http/message.h"
#include "http/metrics.h"
#include "http/options.h"

namespace gantry::http {

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
  bool secure = false;

  // "http://127.0.0.1:3000", "https://[::1]:3000"
  std::string url() const;
};

class Server {
 public:
  Server(asio::io_context& io, ServerOptions options, Service& service);
  // Stops at once; what is in flight is cut.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens all listeners or none. The error's message says which address or file is at fault.
  Result<void> start();
  // Where it listens, with the ports that the system chose.
  std::vector<Endpoint> endpoints() const;

  // Accepts no more, closes idle connections, lets requests in flight finish and cuts what is left
  // after the grace. Gives the number of connections that were cut.
  asio::awaitable<std::size_t> stop(std::chrono::milliseconds grace);

  Metrics metrics() const;

 private:
  class Listening;

  std::shared_ptr<Listening> listening_;
};

}  // namespace gantry::http
