#pragma once
// All open connections of a server: the limits on their number, and the deadlines, which one sweep
// every now and then looks at, so that no request arms a timer.
//
// A connection is only touched from here through its atomics and by shutting down its descriptor,
// under the registry's lock, which a connection takes before it closes the descriptor. Its pending
// read or write then ends by itself, on its own thread of control.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>

#include <boost/asio/ip/address.hpp>

namespace gantry::http {

// What a connection waits for, and so what its deadline means.
enum class Phase : std::uint8_t {
  Idle,     // the first byte of a request
  Head,     // the rest of the headers
  Body,     // the rest of the body
  Serving,  // the service; no deadline
  Sending,  // a reply that is being taken; also a handshake and the peer's farewell
};

inline constexpr std::int64_t kNoDeadline = std::numeric_limits<std::int64_t>::max();

class Registered {
 public:
  Registered() = default;
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 protected:
  ~Registered() = default;

  // The phase is stored last and read by stop(), see ConnectionRegistry::close_idle.
  void enter(Phase phase, std::int64_t deadline_ms) {
    deadline_ms_.store(deadline_ms, std::memory_order_relaxed);
    phase_.store(phase, std::memory_order_seq_cst);
  }
  void set_deadline(std::int64_t deadline_ms) {
    deadline_ms_.store(deadline_ms, std::memory_order_relaxed);
  }
  Phase phase() const { return phase_.load(std::memory_order_relaxed); }
  // Whether the sweep ended the pending read, so that the end of the stream is not the peer's.
  bool expired() const { return expired_.load(std::memory_order_acquire); }

 private:
  friend class ConnectionRegistry;

  std::atomic<std::int64_t> deadline_ms_{kNoDeadline};
  std::atomic<Phase> phase_{Phase::Sending};
  std::atomic<bool> expired_{false};
  int descriptor_ = -1;
  Registered* next_ = nullptr;
  Registered* previous_ = nullptr;
};

class ConnectionRegistry {
 public:
  using AddressKey = std::array<unsigned char, 16>;

  ConnectionRegistry(std::size_t connections_max, std::size_t per_address_max)
      : connections_max_(connections_max), per_address_max_(per_address_max) {}

  // Counts a new connection; false when it is over a limit, and then not counted.
  bool admit(const boost::asio::ip::address& peer);
  // The other half, once per admitted connection.
  void leave(const boost::asio::ip::address& peer);
  std::size_t size() const { return size_.load(std::memory_order_acquire); }
  // Called, on any thread, whenever the last connection leaves. Set it before the first admit().
  void on_empty(std::function<void()> call) { on_empty_ = std::move(call); }

  void add(Registered& connection, int descriptor);
  // Before the descriptor is closed; nothing happens the second time.
  void remove(Registered& connection);

  struct Swept {
    std::size_t ended = 0;
    std::size_t left = 0;
  };
  // Ends what is over its deadline.
  Swept sweep(std::int64_t now_ms);
  // Ends connections that wait for a request. One that becomes idle later must look itself
  // whether the server stops; both sides store before they look, so none is missed.
  void close_idle();
  void close_all();

 private:
  static AddressKey key_of(const boost::asio::ip::address& peer);

  const std::size_t connections_max_;
  const std::size_t per_address_max_;
  std::function<void()> on_empty_;
  std::atomic<std::size_t> size_{0};
  std::mutex mutex_;
  Registered* first_ = nullptr;
  std::map<AddressKey, std::size_t> by_address_;
};

}  // namespace gantry::http
