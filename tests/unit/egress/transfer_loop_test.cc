// The loop under load, at its limits and at its end, seen through the client.

#include "egress/transfer_loop.h"

#include <ctime>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <gtest/gtest.h>

#include "receiver.h"
#include "scripted_names.h"

namespace gantry::egress {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::failure_of;
using testing::get;
using testing::post;
using testing::Receiver;
using testing::reply_of;
using testing::Seen;
using testing::send;
using Kind = HttpFailure::Kind;

const Answer kHold{"", Answer::Then::Hold, 0ms, {}};

// Runs `count` requests at once and gives their results.
std::vector<HttpResult> send_all(HttpClient& client, const HttpRequest& request, int count) {
  asio::io_context& io = testing::waiting_context();
  std::vector<std::future<HttpResult>> waiting;
  for (int i = 0; i < count; ++i) {
    waiting.push_back(asio::co_spawn(io, client.send(request), asio::use_future));
  }
  io.run();
  std::vector<HttpResult> results;
  for (auto& future : waiting) results.push_back(future.get());
  return results;
}

std::size_t replies_in(const std::vector<HttpResult>& results) {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(),
      [](const HttpResult& result) { return std::holds_alternative<HttpReply>(result); }));
}

template <class Done>
bool wait_until(Done done) {
  const auto end = std::chrono::steady_clock::now() + 5s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

TEST(TransferLoop, runs_a_thousand_at_once) {
  std::atomic<int> here{0};
  Receiver receiver([&](const Seen&) {
    ++here;
    return testing::reply(200);
  });
  EgressOptions options;
  options.active_max = 1000;
  options.active_per_origin_max = 1000;
  CurlHttpClient client(options);
  EXPECT_EQ(replies_in(send_all(client, post(receiver.url(), "{}"), 1000)), 1000U);
  EXPECT_EQ(here.load(), 1000);
  EXPECT_EQ(client.metrics().replies, 1000U);
  EXPECT_EQ(client.metrics().active + client.metrics().waiting, 0U);
}

TEST(TransferLoop, bounds_connections_to_one_origin) {
  Receiver receiver([](const Seen&) { return testing::reply(200); });
  EgressOptions options;
  options.active_per_origin_max = 4;
  CurlHttpClient client(options);
  EXPECT_EQ(replies_in(send_all(client, post(receiver.url(), "{}"), 200)), 200U);
  EXPECT_LE(receiver.connections(), 4U);
}

TEST(TransferLoop, one_slow_origin_leaves_room_for_others) {
  Receiver slow([](const Seen&) { return kHold; });
  Receiver fast([](const Seen&) { return testing::reply(200); });
  EgressOptions options;
  options.active_max = 8;
  options.active_per_origin_max = 4;
  asio::io_context io;
  CurlHttpClient client(options);
  std::vector<std::future<HttpResult>> held;
  for (int i = 0; i < 20; ++i) {
    held.push_back(asio::co_spawn(io, client.send(get(slow.url())), asio::use_future));
  }
  std::thread runner([&] { io.run(); });
  ASSERT_TRUE(wait_until([&] { return slow.connections() == 4; }));
  EXPECT_EQ(replies_in(send_all(client, get(fast.url()), 50)), 50U);
  EXPECT_TRUE(wait_until([&] { return client.metrics().active == 4; }));
  EXPECT_EQ(client.metrics().waiting, 16U);
  client.stop();
  runner.join();
  for (auto& future : held) EXPECT_EQ(failure_of(future.get()).kind, Kind::ShuttingDown);
}

TEST(TransferLoop, answers_busy_when_the_queue_is_full) {
  Receiver slow([](const Seen&) { return kHold; });
  EgressOptions options;
  options.active_max = 2;
  options.waiting_max = 3;
  CurlHttpClient client(options);
  HttpRequest request = get(slow.url());
  request.timeout = 300ms;
  const auto results = send_all(client, request, 10);
  EXPECT_EQ(client.metrics().failed(Kind::Busy), 5U);
  EXPECT_EQ(client.metrics().failed(Kind::TimedOut), 5U);
  EXPECT_EQ(replies_in(results), 0U);
}

TEST(TransferLoop, answers_busy_when_the_turn_does_not_come) {
  Receiver slow([](const Seen&) { return kHold; });
  EgressOptions options;
  options.active_max = 1;
  options.waiting_time_max = 100ms;
  CurlHttpClient client(options);
  HttpRequest request = get(slow.url());
  request.timeout = 600ms;
  send_all(client, request, 3);
  EXPECT_EQ(client.metrics().failed(Kind::Busy), 2U);
  EXPECT_EQ(client.metrics().failed(Kind::TimedOut), 1U);
  EXPECT_EQ(slow.connections(), 1U);
}

asio::awaitable<bool> gives_up_after(HttpClient* client, HttpRequest request, Milliseconds wait) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(co_await asio::this_coro::executor, wait);
  const auto first =
      co_await (client->send(std::move(request)) || timer.async_wait(asio::use_awaitable));
  co_return std::holds_alternative<std::monostate>(first);
}

TEST(TransferLoop, forgets_cancelled_requests_on_the_wire_and_in_the_queue) {
  Receiver slow([](const Seen&) { return kHold; });
  EgressOptions options;
  options.active_max = 2;
  asio::io_context io;
  CurlHttpClient client(options);
  std::vector<std::future<bool>> given_up;
  for (int i = 0; i < 5; ++i) {
    given_up.push_back(
        asio::co_spawn(io, gives_up_after(&client, get(slow.url()), 100ms), asio::use_future));
  }
  const auto start = std::chrono::steady_clock::now();
  io.run();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  for (auto& future : given_up) EXPECT_TRUE(future.get());
  EXPECT_EQ(client.metrics().failed(Kind::Cancelled), 5U);
  EXPECT_TRUE(wait_until([&] { return client.metrics().active == 0; }));
}

TEST(TransferLoop, ends_everything_at_shutdown_and_takes_nothing_after) {
  testing::script_name("stuck.test", {{{"127.0.0.1"}}, 1500ms});
  Receiver slow([](const Seen&) { return kHold; });
  EgressOptions options;
  options.active_max = 4;
  asio::io_context io;
  CurlHttpClient client(options);
  std::vector<std::future<HttpResult>> waiting;
  for (int i = 0; i < 20; ++i) {
    const std::string url = i % 2 == 0 ? slow.url() : "http://stuck.test/";
    waiting.push_back(asio::co_spawn(io, client.send(get(url)), asio::use_future));
  }
  std::thread runner([&] { io.run(); });
  ASSERT_TRUE(wait_until([&] { return client.metrics().active == 4; }));
  const auto start = std::chrono::steady_clock::now();
  client.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
  runner.join();
  for (auto& future : waiting) EXPECT_EQ(failure_of(future.get()).kind, Kind::ShuttingDown);
  EXPECT_EQ(failure_of(send(client, get(slow.url()))).kind, Kind::ShuttingDown);
  EXPECT_EQ(client.metrics().active + client.metrics().waiting, 0U);
  client.stop();
}

TEST(TransferLoop, a_client_that_was_never_used_stops_at_once) {
  CurlHttpClient client;
  client.stop();
  EXPECT_EQ(failure_of(send(client, get("http://127.0.0.1:1/"))).kind, Kind::ShuttingDown);
}

asio::awaitable<unsigned> send_in_turn(HttpClient* client, HttpRequest request, int count) {
  unsigned good = 0;
  for (int i = 0; i < count; ++i) {
    const HttpResult result = co_await client->send(request);
    const auto* reply = std::get_if<HttpReply>(&result);
    if (reply != nullptr && reply->status == 200) ++good;
  }
  co_return good;
}

TEST(TransferLoop, costs_nothing_while_nothing_happens) {
  Receiver closing([](const Seen&) {
    Answer answer = testing::reply(200);
    answer.then = Answer::Then::Close;
    return answer;
  });
  Receiver slow([](const Seen&) { return kHold; });
  asio::io_context io;
  CurlHttpClient client;
  EXPECT_EQ(replies_in(send_all(client, get(closing.url()), 10)), 10U);
  auto held = asio::co_spawn(io, client.send(get(slow.url())), asio::use_future);
  std::thread runner([&] { io.run(); });
  ASSERT_TRUE(wait_until([&] { return slow.connections() == 1; }));
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(400ms);
  const double cpu_seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  EXPECT_LT(cpu_seconds, 0.1);
  client.stop();
  runner.join();
  EXPECT_EQ(failure_of(held.get()).kind, Kind::ShuttingDown);
}

TEST(TransferLoop, serves_many_threads) {
  Receiver receiver([](const Seen&) { return testing::reply(200); });
  std::array<asio::io_context, 4> contexts;
  CurlHttpClient client;
  std::atomic<unsigned> good{0};
  std::vector<std::thread> threads;
  for (asio::io_context& io : contexts) {
    threads.emplace_back([&] {
      std::vector<std::future<unsigned>> counts;
      for (int i = 0; i < 4; ++i) {
        counts.push_back(asio::co_spawn(io, send_in_turn(&client, post(receiver.url(), "{}"), 50),
                                        asio::use_future));
      }
      io.run();
      for (auto& count : counts) good += count.get();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good.load(), 800U);
  EXPECT_LE(receiver.connections(), 16U);
}

}  // namespace
}  // namespace gantry::egress
