#include "http/registry.h"

#include <algorithm>

#include <sys/socket.h>

namespace gantry::http {

ConnectionRegistry::AddressKey ConnectionRegistry::key_of(const boost::asio::ip::address& peer) {
  AddressKey key{};
  if (peer.is_v4()) {
    const auto bytes = peer.to_v4().to_bytes();
    std::copy(bytes.begin(), bytes.end(), key.begin());
    key[15] = 4;
    return key;
  }
  const auto bytes = peer.to_v6().to_bytes();
  if (peer.to_v6().is_v4_mapped()) {
    std::copy(bytes.begin() + 12, bytes.end(), key.begin());
    key[15] = 4;
    return key;
  }
  // One customer usually has a whole /64.
  std::copy(bytes.begin(), bytes.begin() + 8, key.begin());
  key[15] = 6;
  return key;
}

bool ConnectionRegistry::admit(const boost::asio::ip::address& peer) {
  if (size_.fetch_add(1, std::memory_order_acq_rel) >= connections_max_) {
    size_.fetch_sub(1, std::memory_order_acq_rel);
    return false;
  }
  if (per_address_max_ == 0) return true;
  const std::lock_guard lock(mutex_);
  std::size_t& count = by_address_[key_of(peer)];
  if (count >= per_address_max_) {
    size_.fetch_sub(1, std::memory_order_acq_rel);
    return false;
  }
  ++count;
  return true;
}

void ConnectionRegistry::leave(const boost::asio::ip::address& peer) {
  if (per_address_max_ > 0) {
    const std::lock_guard lock(mutex_);
    const auto at = by_address_.find(key_of(peer));
    if (at != by_address_.end() && --at->second == 0) by_address_.erase(at);
  }
  if (size_.fetch_sub(1, std::memory_order_acq_rel) == 1 && on_empty_) on_empty_();
}

void ConnectionRegistry::add(Registered& connection, int descriptor) {
  const std::lock_guard lock(mutex_);
  connection.descriptor_ = descriptor;
  connection.next_ = first_;
  if (first_ != nullptr) first_->previous_ = &connection;
  first_ = &connection;
}

void ConnectionRegistry::remove(Registered& connection) {
  const std::lock_guard lock(mutex_);
  if (connection.descriptor_ < 0) return;
  connection.descriptor_ = -1;
  if (connection.previous_ != nullptr) connection.previous_->next_ = connection.next_;
  if (connection.next_ != nullptr) connection.next_->previous_ = connection.previous_;
  if (first_ == &connection) first_ = connection.next_;
  connection.next_ = nullptr;
  connection.previous_ = nullptr;
}

ConnectionRegistry::Swept ConnectionRegistry::sweep(std::int64_t now_ms) {
  Swept swept;
  const std::lock_guard lock(mutex_);
  for (Registered* at = first_; at != nullptr; at = at->next_) {
    ++swept.left;
    std::int64_t deadline_ms = at->deadline_ms_.load(std::memory_order_relaxed);
    if (deadline_ms > now_ms) continue;
    // A connection that has just moved on has another deadline and is left alone.
    if (!at->deadline_ms_.compare_exchange_strong(deadline_ms, kNoDeadline)) continue;
    at->expired_.store(true, std::memory_order_release);
    const Phase phase = at->phase_.load(std::memory_order_relaxed);
    // Who was in the middle of a request still gets told why it ends.
    const bool tell = phase == Phase::Head || phase == Phase::Body;
    ::shutdown(at->descriptor_, tell ? SHUT_RD : SHUT_RDWR);
    ++swept.ended;
  }
  return swept;
}

void ConnectionRegistry::close_idle() {
  const std::lock_guard lock(mutex_);
  for (Registered* at = first_; at != nullptr; at = at->next_) {
    if (at->phase_.load(std::memory_order_seq_cst) == Phase::Idle) {
      ::shutdown(at->descriptor_, SHUT_RDWR);
    }
  }
}

void ConnectionRegistry::close_all() {
  const std::lock_guard lock(mutex_);
  for (Registered* at = first_; at != nullptr; at = at->next_) {
    ::shutdown(at->descriptor_, SHUT_RDWR);
  }
}

}  // namespace gantry::http
