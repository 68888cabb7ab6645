#pragma once
// A text that lies inside its owner when it is short, so that a comparison touches no second place
// in memory. Made once, moved, never changed.

#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace gantry {

template <std::size_t kBytes>
class InlineText {
 public:
  InlineText() = default;
  explicit InlineText(std::string_view text) {
    if (text.size() <= kBytes) {
      size_ = static_cast<std::uint8_t>(text.size());
      std::memcpy(bytes_, text.data(), text.size());
      return;
    }
    size_ = kElsewhere;
    const Elsewhere there{new char[text.size()], text.size()};
    std::memcpy(there.bytes, text.data(), text.size());
    std::memcpy(bytes_, &there, sizeof there);
  }
  InlineText(InlineText&& other) noexcept { swap(other); }
  InlineText& operator=(InlineText&& other) noexcept {
    InlineText taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~InlineText() {
    if (size_ == kElsewhere) delete[] elsewhere().bytes;
  }

  std::string_view view() const {
    if (size_ != kElsewhere) return {bytes_, size_};
    const Elsewhere there = elsewhere();
    return {there.bytes, there.size};
  }

 private:
  struct Elsewhere {
    char* bytes;
    std::size_t size;
  };
  static constexpr std::uint8_t kElsewhere = 0xFF;
  static_assert(kBytes < kElsewhere && kBytes >= sizeof(Elsewhere));

  Elsewhere elsewhere() const {
    Elsewhere there{};
    std::memcpy(&there, bytes_, sizeof there);
    return there;
  }
  void swap(InlineText& other) noexcept {
    char kept[kBytes];
    std::memcpy(kept, bytes_, kBytes);
    std::memcpy(bytes_, other.bytes_, kBytes);
    std::memcpy(other.bytes_, kept, kBytes);
    std::swap(size_, other.size_);
  }

  std::uint8_t size_ = 0;
  char bytes_[kBytes] = {};
};

}  // namespace gantry
