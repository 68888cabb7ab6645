#pragma once
// The states of deliveries as they are reached, for who looks at them live. What nobody listens to
// costs nothing; who listens too slowly misses some, and is told how many. Safe from any thread.

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/experimental/concurrent_channel.hpp>

#include "base/task.h"
#include "domain/delivery_service.h"
#include "domain/event.h"

namespace gantry::integrations {

// What waits for one listener.
inline constexpr std::size_t kNewsKeptMax = 1'000;

// A delivery without its payload, and of its newest attempt status and error.
using DeliveryNews = std::shared_ptr<const domain::LoggedDelivery>;

class DeliveryListener {
 public:
  explicit DeliveryListener(const asio::any_io_executor& executor)
      : channel_(executor, kNewsKeptMax) {}

  // Waits for the next; null once there will be none. On the executor of the caller.
  asio::awaitable<DeliveryNews> next();
  // How many it missed since it last asked.
  std::size_t take_missed() { return missed_.exchange(0); }
  void close() { channel_.close(); }

 private:
  friend class DeliveryFeed;
  void offer(const DeliveryNews& news);

  asio::experimental::concurrent_channel<void(boost::system::error_code, DeliveryNews)> channel_;
  std::atomic<std::size_t> missed_{0};
};

class DeliveryFeed final : public domain::EventFollower {
 public:
  // It listens until it is destroyed or the feed stops.
  std::shared_ptr<DeliveryListener> listen(const asio::any_io_executor& executor);
  // Nobody waits any more, now and later.
  void stop();

  // After the commit of an attempt's end.
  void tell(const domain::Delivery& delivery, const domain::HistoryEntry& attempt);
  // What was queued or cancelled.
  void follow(const domain::Event& event) override;

 private:
  bool heard() const { return listening_.load(std::memory_order_relaxed); }
  void offer(domain::LoggedDelivery news);

  std::atomic<bool> listening_{false};
  std::mutex mutex_;
  std::vector<std::weak_ptr<DeliveryListener>> listeners_;
  bool stopped_ = false;
};

}  // namespace gantry::integrations
