#pragma once
// Where the HTTP server meets the operations: an http::Service over the dispatcher, with CORS,
// faults turned into 500, and the request log. Safe from any thread.

#include "dispatch/dispatcher.h"
#include "http/message.h"

namespace gantry::api {

class RestService final : public http::Service {
 public:
  RestService(dispatch::Dispatcher& dispatcher, const domain::Directory& directory);

  std::size_t body_bytes_max(http::Method method, std::string_view path) const override;
  http::Answer serve(http::Request request) override;

 private:
  asio::awaitable<http::Response> wait(asio::awaitable<dispatch::Reply> pending, std::string id,
                                       std::string operation, http::Headers cors);

  dispatch::Dispatcher& dispatcher_;
  const domain::Directory& directory_;
};

}  // namespace gantry::api
