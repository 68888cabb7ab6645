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

// What a reply depends on besides the room.
struct ListingKey {
  std::string text;
  // Only this caller gets the same: it shows what he made. Such replies have places of their own,
  // so that many makers in a room leave the others theirs.
  bool of_one_caller = false;
};

class ReadyListings {
 public:
  // Null when there is none.
  std::shared_ptr<const std::string> find(const ListingKey& key) const;
  // Keeps a reply, if there is a place, and says how many bytes that takes; it is given back in any
  // case.
  std::shared_ptr<const std::string> keep(const ListingKey& key, std::string reply,
                                          std::size_t& bytes_kept);
  // Of all that is kept.
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Listing {
    std::string key;
    std::string reply;
  };
  // Claimed once. The tag, from the hash of the key, is set when the listing is there. Two of them
  // are a line of memory, and few rooms need more.
  struct Place {
    std::atomic<std::uint32_t> tag{0};
    std::atomic<bool> claimed{false};
    std::shared_ptr<const Listing> listing;
  };
  // Few forms of a listing are asked for again and again.
  static constexpr std::size_t kPlacesMax = 8;
  using Places = std::array<Place, kPlacesMax>;

  alignas(64) Places for_many_;
  Places for_one_;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace gantry::domain
