#pragma once
// Waits for libcurl's sockets and timer with epoll, so that a turn of the loop costs what happened
// in it and not what is open. A connection of ours that goes idle stays registered until something
// happens on it, which spares two system calls per request. wake() may be called from any thread;
// all else belongs to the loop's thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <curl/curl.h>

#include "base/time.h"

namespace gantry::egress {

class SocketWatch {
 public:
  SocketWatch();
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  void attach(CURLM* multi);
  // Every easy handle needs it, before its first use.
  void attach_easy(CURL* easy);

  // Lets libcurl do what its timer asks for, when it is due.
  void run_timer();
  // Waits for sockets, the timer, wake() or the time given, and serves the sockets.
  void wait(Milliseconds longest);
  void wake();

 private:
  struct Watched {
    std::uint32_t wanted = 0;      // by libcurl
    std::uint32_t registered = 0;  // with epoll
    bool own = false;              // its end is announced, so its registration may outlive a use
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* unused);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);
  static int on_open(void* self, curl_socket_t socket, curlsocktype purpose);
  static int on_close(void* self, curl_socket_t socket);

  Watched& at(int socket);
  void set_registered(int socket, Watched& watched, std::uint32_t events);
  void serve(int socket, std::uint32_t events);
  void drain_wake();

  CURLM* multi_ = nullptr;
  int epoll_;
  int wake_;
  std::optional<std::chrono::steady_clock::time_point> timer_;
  std::vector<Watched> sockets_;  // by descriptor
};

}  // namespace gantry::egress
