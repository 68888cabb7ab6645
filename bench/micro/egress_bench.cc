// CPU per keep-alive webhook request: CurlHttpClient, coroutine to coroutine, against a bare
// libcurl multi loop that keeps nothing and checks nothing. The receiver is another process, so
// the CPU time of this one is the client's alone. Prints the rounds' medians and their ratio.
//
//   egress_bench [requests a round] [at once] [rounds]

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "egress/curl_http_client.h"

namespace {

using gantry::egress::CurlHttpClient;
using gantry::egress::EgressOptions;
using gantry::egress::HttpClient;
using gantry::egress::HttpReply;
using gantry::egress::HttpRequest;
using gantry::egress::HttpResult;
namespace asio = boost::asio;

constexpr std::size_t kBodyBytes = 300;

// Client on core 0, receiver on core 1, as in all measurements of this project.
void pin_to_core(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
}

// Answers whatever ends a head with a fixed reply; requests are short enough to come whole.
[[noreturn]] void serve(int listener) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pin_to_core(1);
  const std::string reply =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
      "{\"success\":true}";
  const int poller = epoll_create1(0);
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.fd = listener;
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &wanted);
  std::vector<char> buffer(65536);
  while (true) {
    epoll_event events[128];
    const int count = epoll_wait(poller, events, 128, -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        const int peer = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        const int one = 1;
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        wanted.data.fd = peer;
        epoll_ctl(poller, EPOLL_CTL_ADD, peer, &wanted);
        continue;
      }
      const ssize_t got = read(fd, buffer.data(), buffer.size());
      if (got <= 0) {
        close(fd);
      } else if (write(fd, reply.data(), reply.size()) < 0) {
        close(fd);
      }
    }
  }
}

unsigned short start_receiver() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, any, bytes) != 0 || listen(listener, 1024) != 0) std::abort();
  getsockname(listener, any, &bytes);
  if (fork() == 0) serve(listener);
  close(listener);
  return ntohs(address.sin_port);
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

std::size_t count_bytes(char*, std::size_t size, std::size_t count, void* total) {
  *static_cast<std::size_t*>(total) += size * count;
  return size * count;
}

class BareLoop {
 public:
  BareLoop(std::string url, int at_once) : url_(std::move(url)), multi_(curl_multi_init()) {
    for (const char* line : {"Content-Type: application/json", "User-Agent: bench", "Expect:"}) {
      headers_ = curl_slist_append(headers_, line);
    }
    for (int i = 0; i < at_once; ++i) handles_.push_back(curl_easy_init());
  }
  ~BareLoop() {
    for (CURL* easy : handles_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
    curl_slist_free_all(headers_);
  }
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;

  void run(int requests) {
    int started = 0;
    int ended = 0;
    for (CURL* easy : handles_) {
      start(easy);
      ++started;
    }
    while (ended < started) {
      int running = 0;
      curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
      curl_multi_perform(multi_, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->data.result != CURLE_OK) std::abort();
        CURL* easy = message->easy_handle;
        curl_multi_remove_handle(multi_, easy);
        ++ended;
        if (started < requests) {
          start(easy);
          ++started;
        }
      }
    }
  }

 private:
  void start(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body_.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body_.size()));
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, count_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bytes_);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 20'000L);
    curl_multi_add_handle(multi_, easy);
  }

  std::string url_;
  std::string body_ = std::string(kBodyBytes, 'x');
  CURLM* multi_;
  curl_slist* headers_ = nullptr;
  std::vector<CURL*> handles_;
  std::size_t bytes_ = 0;
};

asio::awaitable<void> send_in_turn(HttpClient* client, std::string url, int count) {
  for (int i = 0; i < count; ++i) {
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "bench"}};
    request.body = std::string(kBodyBytes, 'x');
    request.policy.reach = gantry::egress::Reach::LocalAndPublic;
    const HttpResult result = co_await client->send(std::move(request));
    const auto* reply = std::get_if<HttpReply>(&result);
    if (reply == nullptr || reply->body.size() != 16) std::abort();
  }
}

void run_client(HttpClient& client, const std::string& url, int requests, int at_once) {
  asio::io_context io(1);
  for (int i = 0; i < at_once; ++i) {
    asio::co_spawn(io, send_in_turn(&client, url, requests / at_once), [](std::exception_ptr) {});
  }
  io.run();
}

template <class Work>
double micros_per_request(int requests, Work work) {
  const double before = cpu_seconds();
  work();
  return (cpu_seconds() - before) * 1e6 / requests;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int requests = argc > 1 ? std::atoi(argv[1]) : 40'000;
  const int at_once = argc > 2 ? std::atoi(argv[2]) : 64;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
  const std::string url = "http://127.0.0.1:" + std::to_string(start_receiver()) + "/hook";
  pin_to_core(0);
  curl_global_init(CURL_GLOBAL_DEFAULT);

  EgressOptions options;
  options.active_per_origin_max = static_cast<std::size_t>(at_once);
  CurlHttpClient client(options);
  BareLoop bare(url, at_once);
  run_client(client, url, at_once * 20, at_once);
  bare.run(at_once * 20);

  std::vector<double> client_micros;
  std::vector<double> bare_micros;
  for (int i = 0; i < rounds; ++i) {
    bare_micros.push_back(micros_per_request(requests, [&] { bare.run(requests); }));
    client_micros.push_back(
        micros_per_request(requests, [&] { run_client(client, url, requests, at_once); }));
    std::printf("round %d: bare %.2f us, client %.2f us\n", i + 1, bare_micros.back(),
                client_micros.back());
  }
  std::printf("median CPU per request: bare %.2f us, client %.2f us, ratio %.2f\n",
              median(bare_micros), median(client_micros),
              median(bare_micros) / median(client_micros));
  return 0;
}
