#pragma once
// Listings of one room that were answered before, as whole replies, so that the next caller who may
// see the same gets the same bytes. Any reader may keep one; only the Directory's writer, who is
// alone then, throws them away.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gantry::domain {

class ReadyListings {
 public:
  // Null when there is none. The key says all that the reply depends on besides the room.
  std::shared_ptr<const std::string> find(std::string_view key) const;
  // Keeps a reply, if there is a place, and says how many bytes that takes; it is given back in any
  // case.
  std::shared_ptr<const std::string> keep(std::string_view key, std::string reply,
                                          std::size_t& bytes_kept);
  // Of all that is kept.
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Listing {
    std::string reply;
    std::string key;
  };
  // A place is claimed once. Its tag is set when the listing is there.
  struct Place {
    std::atomic<std::uint32_t> tag{0};
    std::atomic<bool> claimed{false};
    std::shared_ptr<const Listing> listing;
  };
  // Few forms of a listing are asked for again and again.
  static constexpr std::size_t kListingsMax = 8;

  std::array<Place, kListingsMax> places_;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace gantry::domain
