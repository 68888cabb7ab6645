#pragma once
// The HttpClient of the server: libcurl on a thread of its own. send() may be called from any
// coroutine. The client must outlive those that wait in send(), and stop() must have returned
// before the executors of these coroutines go.

#include <memory>

#include "egress/egress_options.h"
#include "egress/http_client.h"

namespace gantry::egress {

class TransferLoop;

class CurlHttpClient final : public HttpClient {
 public:
  explicit CurlHttpClient(EgressOptions options = {});
  ~CurlHttpClient() override;

  asio::awaitable<HttpResult> send(HttpRequest request) override;

  // Everything that runs or waits ends with ShuttingDown, as does every later send(). Blocks
  // shortly; may be called more than once.
  void stop();
  EgressMetrics metrics() const;

 private:
  std::shared_ptr<TransferLoop> loop_;
};

}  // namespace gantry::egress
