#pragma once
// The bytes a connection has received and not yet used: one contiguous block that grows when a
// request needs it and shrinks again afterwards.

#include <cstring>
#include <memory>
#include <string_view>

#include <boost/asio/buffer.hpp>

namespace gantry::http {

class ReadBuffer {
 public:
  static constexpr std::size_t kUsualBytes = 4 * 1024;

  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }
  void commit(std::size_t bytes) { end_ += bytes; }

  // Free room, at least a byte, in a block of at least `wanted` bytes.
  boost::asio::mutable_buffer prepare(std::size_t wanted) {
    if (empty() && capacity_ > wanted) capacity_ = 0;
    if (capacity_ < wanted) {
      reallocate(wanted);
    } else if (end_ == capacity_) {
      if (begin_ > 0) {
        std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
      } else {
        reallocate(capacity_ * 2);
      }
    }
    return {data_.get() + end_, capacity_ - end_};
  }

 private:
  void reallocate(std::size_t bytes) {
    const std::string_view kept = view();
    if (bytes <= kept.size()) bytes = kept.size() * 2;
    std::unique_ptr<char[]> block(new char[bytes]);
    if (!kept.empty()) std::memcpy(block.get(), kept.data(), kept.size());
    end_ = kept.size();
    begin_ = 0;
    data_ = std::move(block);
    capacity_ = bytes;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace gantry::http
