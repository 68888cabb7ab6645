#include "egress/socket_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace gantry::egress {
namespace {

constexpr int kEventsAtOnce = 128;

std::uint32_t to_events(int what) {
  std::uint32_t events = 0;
  if ((what & CURL_POLL_IN) != 0) events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) events |= EPOLLOUT;
  return events;
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

SocketWatch::SocketWatch()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (epoll_ < 0 || wake_ < 0) fail("epoll");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) fail("epoll_ctl");
}

SocketWatch::~SocketWatch() {
  close(wake_);
  close(epoll_);
}

void SocketWatch::attach(CURLM* multi) {
  multi_ = multi;
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &SocketWatch::on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &SocketWatch::on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
}

void SocketWatch::attach_easy(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &SocketWatch::on_open);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &SocketWatch::on_close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
}

SocketWatch::Watched& SocketWatch::at(int socket) {
  const auto index = static_cast<std::size_t>(socket);
  if (index >= sockets_.size()) sockets_.resize(std::max<std::size_t>(index + 1, 64));
  return sockets_[index];
}

void SocketWatch::set_registered(int socket, Watched& watched, std::uint32_t events) {
  if (watched.registered == events) return;
  epoll_event event{};
  event.events = events;
  event.data.fd = socket;
  const int action = events == 0               ? EPOLL_CTL_DEL
                     : watched.registered == 0 ? EPOLL_CTL_ADD
                                               : EPOLL_CTL_MOD;
  // A socket that is gone already has taken its registration along.
  if (epoll_ctl(epoll_, action, socket, &event) != 0 && action == EPOLL_CTL_MOD) {
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  }
  watched.registered = events;
}

int SocketWatch::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  auto& watch = *static_cast<SocketWatch*>(self);
  Watched& watched = watch.at(socket);
  watched.wanted = what == CURL_POLL_REMOVE ? 0 : to_events(what);
  const bool stays = watched.wanted == 0 && watched.own;
  if (!stays) watch.set_registered(socket, watched, watched.wanted);
  return 0;
}

int SocketWatch::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& watch = *static_cast<SocketWatch*>(self);
  watch.timer_.reset();
  if (timeout_ms >= 0) {
    watch.timer_ = std::chrono::steady_clock::now() + Milliseconds{timeout_ms};
  }
  return 0;
}

int SocketWatch::on_open(void* self, curl_socket_t socket, curlsocktype) {
  static_cast<SocketWatch*>(self)->at(socket) = Watched{.own = true};
  return CURL_SOCKOPT_OK;
}

int SocketWatch::on_close(void* self, curl_socket_t socket) {
  static_cast<SocketWatch*>(self)->at(socket) = Watched{};
  return close(socket);
}

void SocketWatch::run_timer() {
  if (!timer_ || *timer_ > std::chrono::steady_clock::now()) return;
  timer_.reset();
  int running = 0;
  curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
}

void SocketWatch::wait(Milliseconds longest) {
  if (timer_) {
    const auto until = *timer_ - std::chrono::steady_clock::now();
    longest = std::clamp(std::chrono::ceil<Milliseconds>(until), Milliseconds{0}, longest);
  }
  std::array<epoll_event, kEventsAtOnce> events;
  const int count =
      epoll_wait(epoll_, events.data(), kEventsAtOnce, static_cast<int>(longest.count()));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_) {
      drain_wake();
    } else {
      serve(event.data.fd, event.events);
    }
  }
}

void SocketWatch::serve(int socket, std::uint32_t events) {
  Watched& watched = at(socket);
  if (watched.wanted == 0) {
    // The peer of an idle connection closed it or spoke unasked; libcurl looks when it is needed.
    set_registered(socket, watched, 0);
    return;
  }
  const bool broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
  const std::uint32_t ready = broken ? watched.wanted : events;
  int action = broken ? CURL_CSELECT_ERR : 0;
  if ((ready & EPOLLIN) != 0) action |= CURL_CSELECT_IN;
  if ((ready & EPOLLOUT) != 0) action |= CURL_CSELECT_OUT;
  int running = 0;
  curl_multi_socket_action(multi_, socket, action, &running);
}

void SocketWatch::wake() {
  const std::uint64_t one = 1;
  // A full counter wakes as well.
  static_cast<void>(!write(wake_, &one, sizeof one));
}

void SocketWatch::drain_wake() {
  std::uint64_t count = 0;
  static_cast<void>(!read(wake_, &count, sizeof count));
}

}  // namespace gantry::egress
