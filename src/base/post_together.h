#pragma once
// Hands many finished things to those who wait for them. Each post may wake a thread that has
// nothing else to do yet, so neighbours of one executor share a post.

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

namespace gantry {

// So few that all threads of an executor take part when there is much.
inline constexpr std::ptrdiff_t kPostedTogetherMax = 16;

// Each item has an `executor()`, on which `resume()` is called once.
template <class Item>
void post_together(std::vector<Item> items) {
  for (auto from = items.begin(); from != items.end();) {
    const boost::asio::any_io_executor executor = from->executor();
    auto to = std::next(from);
    while (to != items.end() && to - from < kPostedTogetherMax && to->executor() == executor) ++to;
    std::vector<Item> together(std::make_move_iterator(from), std::make_move_iterator(to));
    boost::asio::post(executor, [together = std::move(together)]() mutable {
      for (Item& item : together) item.resume();
    });
    from = to;
  }
}

template <class Item>
void post_alone(Item item) {
  const boost::asio::any_io_executor executor = item.executor();
  boost::asio::post(executor, [item = std::move(item)]() mutable { item.resume(); });
}

}  // namespace gantry
