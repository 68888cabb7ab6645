#include "egress/curl_http_client.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "egress/completion.h"
#include "egress/request_check.h"
#include "egress/transfer_loop.h"
#include "egress/url.h"

namespace gantry::egress {
namespace {

// Safety: the slot may be used after the transfer or the loop has ended; ids are never used twice.
struct CancelTransfer {
  std::weak_ptr<TransferLoop> loop;
  std::uint64_t id;

  void operator()(asio::cancellation_type kind) const {
    if (kind == asio::cancellation_type::none) return;
    if (const auto alive = loop.lock()) alive->cancel(id);
  }
};

struct StartTransfer {
  std::shared_ptr<TransferLoop> loop;

  template <class Handler>
  void operator()(Handler&& handler, HttpRequest request) const {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto completion = make_completion<std::decay_t<Handler>>(std::forward<Handler>(handler));
    SharedUrlOrFailure url;
    if (auto fault = check_request(request)) {
      url = *std::move(fault);
    } else {
      url = loop->parse(request.url);
    }
    if (auto* failure = std::get_if<HttpFailure>(&url)) {
      loop->count_failure(failure->kind);
      const auto executor = completion->executor();
      asio::post(executor,
                 [completion = std::move(completion), failed = std::move(*failure)]() mutable {
                   completion->resume(std::move(failed), nullptr);
                 });
      return;
    }
    const std::uint64_t id = loop->new_id();
    auto transfer = std::make_unique<Transfer>(id, std::move(request), std::get<0>(std::move(url)),
                                               std::move(completion));
    if (slot.is_connected()) slot.assign(CancelTransfer{loop, id});
    loop->submit(std::move(transfer));
  }
};

}  // namespace

CurlHttpClient::CurlHttpClient(EgressOptions options)
    : loop_(std::make_shared<TransferLoop>(std::move(options))) {}

CurlHttpClient::~CurlHttpClient() {
  stop();
}

asio::awaitable<HttpResult> CurlHttpClient::send(HttpRequest request) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(HttpResult)>(
      StartTransfer{loop_}, asio::use_awaitable, std::move(request));
}

void CurlHttpClient::stop() {
  loop_->stop();
}

EgressMetrics CurlHttpClient::metrics() const {
  return loop_->metrics();
}

}  // namespace gantry::egress
