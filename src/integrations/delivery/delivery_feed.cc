#include "integrations/delivery/delivery_feed.h"

#include <boost/asio/redirect_error.hpp>

namespace gantry::integrations {
namespace {

domain::Delivery without_payload(const domain::Delivery& delivery) {
  domain::Delivery out;
  out.id = delivery.id;
  out.sequence = delivery.sequence;
  out.integration = delivery.integration;
  out.event = delivery.event;
  out.url = delivery.url;
  out.room = delivery.room;
  out.message = delivery.message;
  out.state = delivery.state;
  out.tries = delivery.tries;
  out.replay = delivery.replay;
  out.cancelled_by = delivery.cancelled_by;
  out.created_at = delivery.created_at;
  out.next_at = delivery.next_at;
  return out;
}

}  // namespace

asio::awaitable<DeliveryNews> DeliveryListener::next() {
  boost::system::error_code closed;
  DeliveryNews news =
      co_await channel_.async_receive(asio::redirect_error(asio::use_awaitable, closed));
  if (closed) co_return nullptr;
  co_return news;
}

void DeliveryListener::offer(const DeliveryNews& news) {
  if (!channel_.try_send(boost::system::error_code(), news)) missed_.fetch_add(1);
}

std::shared_ptr<DeliveryListener> DeliveryFeed::listen(const asio::any_io_executor& executor) {
  auto listener = std::make_shared<DeliveryListener>(executor);
  const std::lock_guard lock(mutex_);
  if (stopped_) listener->close();
  listeners_.push_back(listener);
  listening_ = true;
  return listener;
}

void DeliveryFeed::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (const auto& listener : listeners_) {
    if (const auto there = listener.lock()) there->close();
  }
}

void DeliveryFeed::tell(const domain::Delivery& delivery, const domain::HistoryEntry& attempt) {
  if (!heard()) return;
  domain::LoggedDelivery news;
  news.delivery = without_payload(delivery);
  domain::HistoryEntry& shown = news.attempts.emplace_back();
  shown.http_status = attempt.http_status;
  shown.error = attempt.error;
  offer(std::move(news));
}

void DeliveryFeed::follow(const domain::Event& event) {
  if (!heard()) return;
  if (const auto* queued = std::get_if<domain::DeliveryQueued>(&event)) {
    offer({.delivery = without_payload(*queued->delivery), .attempts = {}});
  } else if (const auto* dropped = std::get_if<domain::DeliveriesCancelled>(&event)) {
    for (const domain::Delivery& delivery : *dropped->deliveries) {
      offer({.delivery = without_payload(delivery), .attempts = {}});
    }
  }
}

void DeliveryFeed::offer(domain::LoggedDelivery news) {
  const auto shared = std::make_shared<const domain::LoggedDelivery>(std::move(news));
  const std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
  if (listeners_.empty()) listening_ = false;
  for (const auto& listener : listeners_) {
    if (const auto there = listener.lock()) there->offer(shared);
  }
}

}  // namespace gantry::integrations
